//! The guidelines that this portal follows.

/// A guideline of the Digital Agency.
#[derive(Debug, Clone, Copy, serde::Serialize, utoipa::ToSchema)]
pub(crate) struct Guideline {
    /// Its Japanese title.
    pub(crate) title: &'static str,
    /// Its version.
    pub(crate) version: &'static str,
    /// The day of the version.
    pub(crate) date: &'static str,
}

/// Both, in the versions followed.
pub(crate) const FOLLOWED: [Guideline; 2] = [
    Guideline {
        title: "マイナポータル利用者登録等API利用ガイドライン", version: "1.9", date: "2026-06-01"
    },
    Guideline {
        title: "マイナポータル民間送達接続API利用ガイドライン", version: "1.6", date: "2026-06-01"
    },
];
