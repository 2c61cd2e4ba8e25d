//! The page's sections: one address each.

/// A section. Their order is that of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Sites,
    History,
    Diagnosis,
    Settings,
    Log,
    About,
}

impl Section {
    pub(super) const ALL: [Self; 7] =
        [Self::Overview, Self::Sites, Self::History, Self::Diagnosis, Self::Settings, Self::Log, Self::About];

    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/status",
            Self::Sites => "/status/sites",
            Self::History => "/status/history",
            Self::Diagnosis => "/status/diagnosis",
            Self::Settings => "/status/settings",
            Self::Log => "/status/log",
            Self::About => "/status/about",
        }
    }

    pub(super) fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.path() == path)
    }
}
