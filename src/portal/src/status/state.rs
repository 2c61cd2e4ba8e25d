//! The states there are: 表2.1 of the guideline, as of December 2021 (令和3年12月時点).

/// One state of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// 利用者登録有無: whether the person registered.
    Registration,
    /// Whether the person set up a link.
    Setting(Setting),
}

/// A link with another system that the person sets up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Setting {
    /// オンライン資格確認等システムとのデータ連携設定有無.
    HealthInsurance,
    /// e-私書箱との「もっとつながる」設定有無.
    Eshishobako,
    /// MyPostとの「もっとつながる」設定有無.
    Mypost,
    /// ふるさと納税e-tax連携サービスとの「もっとつながる」設定有無.
    FurusatoEtax,
}

impl State {
    /// All, in the order of the guideline.
    pub(crate) const ALL: [Self; 5] = [
        Self::Registration,
        Self::Setting(Setting::HealthInsurance),
        Self::Setting(Setting::Eshishobako),
        Self::Setting(Setting::Mypost),
        Self::Setting(Setting::FurusatoEtax),
    ];

    /// Its word in requests and answers.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Setting(setting) => setting.word(),
        }
    }

    /// The state of a word.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// The scope that permits it. No other does.
    pub(crate) const fn scope(self) -> &'static str {
        match self {
            Self::Registration => "user_status.registration",
            Self::Setting(Setting::HealthInsurance) => "user_status.health_insurance",
            Self::Setting(Setting::Eshishobako) => "user_status.eshishobako",
            Self::Setting(Setting::Mypost) => "user_status.mypost",
            Self::Setting(Setting::FurusatoEtax) => "user_status.furusato_etax",
        }
    }
}

impl Setting {
    /// All, in the order of the guideline.
    pub(crate) const ALL: [Self; 4] = [Self::HealthInsurance, Self::Eshishobako, Self::Mypost, Self::FurusatoEtax];

    /// Its word in rows, requests and answers.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::HealthInsurance => "health_insurance",
            Self::Eshishobako => "eshishobako",
            Self::Mypost => "mypost",
            Self::FurusatoEtax => "furusato_etax",
        }
    }

    /// The setting of a word.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.word() == word)
    }

    /// Its name in Japanese and in English.
    pub(crate) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::HealthInsurance => {
                ("オンライン資格確認等システムとのデータ連携", "Data link with the online qualification system")
            }
            Self::Eshishobako => ("e-私書箱との「もっとつながる」", "“Motto tsunagaru” with e-Shishobako"),
            Self::Mypost => ("MyPostとの「もっとつながる」", "“Motto tsunagaru” with MyPost"),
            Self::FurusatoEtax => (
                "ふるさと納税e-tax連携サービスとの「もっとつながる」",
                "“Motto tsunagaru” with the furusato-nozei e-Tax service",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_a_word_and_a_scope_of_its_own() {
        for state in State::ALL {
            assert_eq!(State::of_word(state.word()), Some(state));
            assert_eq!(state.scope(), format!("user_status.{}", state.word()));
        }
        assert_eq!(State::of_word("my_number"), None);
    }
}
