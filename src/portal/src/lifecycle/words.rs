//! What things are called, in both languages, with the guideline's own words.

use super::event::Refused;
use super::{By, End, Kind, NoticeKind, Phase, Round, Rules, State, Wrong};
use crate::web::Lang;

impl Phase {
    /// The name of the phase.
    pub(crate) fn name<'a>(self, l: &Lang) -> &'a str {
        let (ja, en) = match self {
            Self::Considering => ("利用検討・API利用申請（開示）", "Consideration and application (disclosure)"),
            Self::DisclosureReview => ("API利用申請（開示）の確認", "Review of the application"),
            Self::Planning => ("企画書の作成", "Writing the plan"),
            Self::PlanReview => ("企画書の確認", "Review of the plan"),
            Self::Developing => {
                ("開発・接続確認環境の利用申請", "Development and application for the test environment")
            }
            Self::TestReview => ("接続確認環境の利用申請の確認", "Review of the application for the test environment"),
            Self::TestAccess => ("接続確認環境のアクセス権等の設定", "Setting access rights in the test environment"),
            Self::Reachability => ("疎通確認", "Reachability check"),
            Self::PreTest => ("接続試験前確認", "Confirmation before the connection test"),
            Self::Testing => ("接続試験", "Connection test"),
            Self::TestReportReview => ("接続試験完了報告の確認", "Review of the test report"),
            Self::ProductionApplying => ("本番環境の利用申請", "Application for production"),
            Self::ProductionReview => ("本番環境の利用申請の確認", "Review of the application for production"),
            Self::ProductionAccess => ("本番環境のアクセス権等の設定", "Setting access rights in production"),
            Self::ProductionCheck => ("本番動作確認", "Production check"),
            Self::BeforeService => ("サービス提供前確認", "Confirmation before the service"),
            Self::Changing => ("利用内容変更の申請", "Application for a change"),
            Self::ChangeReview => ("利用内容変更の確認", "Review of the change"),
        };
        l.t(ja, en)
    }

    /// What must be done in it.
    pub(crate) fn task<'a>(self, l: &Lang) -> &'a str {
        let (ja, en) = match self {
            Self::Considering => (
                "利用の意思と内容が概ね固まったら、API利用申請（開示）に記入して提出してください。",
                "When you know what you want, fill in the application (disclosure) and hand it in.",
            ),
            Self::DisclosureReview => (
                "主体要件（3.1）とセキュリティ要件（3.2）を確認し、承諾するかを決めます。",
                "The requirements (3.1 and 3.2) are checked before consent is given.",
            ),
            Self::Planning => (
                "開示された資料を参照し、利用企画書および各種チェックシートを提出してください。",
                "Read the disclosed documents, then hand in the plan and the check sheets.",
            ),
            Self::PlanReview => ("企画書の内容を確認し、合意します。", "The plan is read and agreed on."),
            Self::Developing => (
                "必要な開発を行ってください。接続試験の準備ができたら、様式3、API－設シ1、API－設シ2を提出してください。",
                "Develop what you need. When ready to test, hand in form 3 and the setting sheets 1 and 2.",
            ),
            Self::TestReview => ("提出された申請書と設定シートを確認します。", "Application and sheets are read."),
            Self::TestAccess => {
                ("設定シートに基づき、アクセス権等を設定します。", "Access rights are set from the sheets.")
            }
            Self::Reachability => (
                "接続確認環境に接続できることを確かめ、疎通確認の完了を報告してください。",
                "Check that you reach the test environment, then report it.",
            ),
            Self::PreTest => ("接続試験を始めてよいかを確認します。", "It is confirmed that the test may begin."),
            Self::Testing => ("必要な試験を行い、様式4を提出してください。", "Run the tests, then hand in form 4."),
            Self::TestReportReview => ("接続試験完了報告書を確認します。", "The test report is read."),
            Self::ProductionApplying => (
                "本番動作確認の準備ができたら、様式6、API－設シ1、API－設シ4を提出してください。",
                "When ready for the production check, hand in form 6 and the setting sheets 1 and 4.",
            ),
            Self::ProductionReview => {
                ("提出された申請書と設定シートを確認します。", "Application and sheets are read.")
            }
            Self::ProductionAccess => {
                ("設定シートに基づき、アクセス権等を設定します。", "Access rights are set from the sheets.")
            }
            Self::ProductionCheck => (
                "本番環境で動作を確認し、様式10を提出してください。",
                "Check your service in production, then hand in form 10.",
            ),
            Self::BeforeService => {
                ("サービスの提供を始めてよいかを確認します。", "It is confirmed that the service may begin.")
            }
            Self::Changing => (
                "様式7と、変更する企画書・設定シートを提出してください。変更箇所は項目ごとに表示されます。",
                "Hand in form 7 and every sheet that changes. Changes are shown field by field.",
            ),
            Self::ChangeReview => ("変更の内容を確認し、合意します。", "The change is read and agreed on."),
        };
        l.t(ja, en)
    }
}

/// The parts of the schedule (4.1), and the phase each begins with.
const STAGES: [(Phase, &str, &str); 4] = [
    (Phase::Considering, "フェーズ1：利用検討", "Phase 1: consideration"),
    (Phase::Planning, "フェーズ2：開発", "Phase 2: development"),
    (Phase::TestReview, "フェーズ2：接続試験", "Phase 2: connection test"),
    (Phase::ProductionApplying, "フェーズ2：本番動作確認・サービス提供開始", "Phase 2: production check and start"),
];
const CHANGE_STAGES: [(Phase, &str, &str); 3] = [
    (Phase::Changing, "変更の申請", "Application for the change"),
    (Phase::TestAccess, "接続試験", "Connection test"),
    (Phase::ProductionAccess, "本番動作確認", "Production check"),
];

impl Round {
    /// The parts of the schedule, and whether each is the one under way.
    pub(crate) fn stages<'a>(self, now: Phase, l: &Lang) -> Vec<(&'a str, bool)> {
        let stages: &[_] = match self {
            Self::First => &STAGES,
            Self::Change => &CHANGE_STAGES,
        };
        let current = stages.iter().rposition(|(first, ..)| self.has_reached(now, *first));
        stages.iter().enumerate().map(|(at, (_, ja, en))| (l.t(ja, en), current == Some(at))).collect()
    }
}

impl State {
    /// How the application stands, in a few words.
    pub(crate) fn name<'a>(&self, l: &Lang) -> &'a str {
        match self {
            Self::Preparing(procedure) => procedure.phase.name(l),
            Self::Serving(serving) => match serving.suspended {
                None => l.t("サービス提供中", "In service"),
                Some(By::Applicant) => l.t("利用停止中", "Suspended"),
                Some(By::Operator) => l.t("利用停止中（運営者による停止）", "Suspended by the operator"),
            },
            Self::Ended(End::Terminated) => l.t("利用終了", "Terminated"),
            Self::Ended(End::Refused) => l.t("承諾されませんでした", "Refused"),
            Self::Ended(End::Withdrawn) => l.t("取下げ", "Withdrawn"),
        }
    }
}

impl NoticeKind {
    /// What is announced.
    pub(crate) fn name<'a>(self, l: &Lang) -> &'a str {
        match self {
            Self::Suspend => l.t("利用停止", "Suspension"),
            Self::Resume => l.t("利用再開", "Resumption"),
            Self::Terminate => l.t("利用終了", "Termination"),
        }
    }

    /// Its word in addresses.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Terminate => "terminate",
        }
    }
}

impl Refused {
    /// Why, and what to do.
    pub(crate) fn text(&self, rules: &Rules, l: &Lang) -> String {
        let text = match self {
            Self::Missing(forms) => {
                let names: Vec<_> = forms.iter().filter_map(|id| rules.form(id)).map(|form| form.name(l)).collect();
                return format!(
                    "{}{}",
                    l.t("まだ提出されていない様式があります：", "Still to be filed: "),
                    names.join("、")
                );
            }
            Self::TooSoon { earliest } => {
                return match l.0 {
                    jpki_protocol::Language::Ja => {
                        format!(
                            "予定日は{earliest}以降の日付にしてください。原則として予定日の2週間前までの届出が必要です。"
                        )
                    }
                    jpki_protocol::Language::En => {
                        format!("Choose {earliest} or a later day: notices come two weeks before, in principle.")
                    }
                };
            }
            Self::NotNow => l.t(
                "いまはこの操作を行えません。手続きの現在の段階をお確かめください。",
                "This can't be done now. See where the procedure stands.",
            ),
            Self::NotWanted => {
                l.t("いまの段階では、この様式は提出できません。", "This form isn't taken in this phase.")
            }
            Self::NothingRevised => l.t(
                "変更する企画書または設定シートを、少なくとも1つ提出してください。",
                "File at least one sheet that changes.",
            ),
            Self::RequirementsOpen => l.t(
                "確認が済んでいない要件があります。すべての要件を確認してから承諾してください。",
                "Requirements are open. Find each of them met before giving consent.",
            ),
            Self::UnknownRequirement => l.t("この要件はありません。", "There is no such requirement."),
            Self::Suspended => l.t("利用停止中のため、この操作は行えません。", "The service is suspended."),
            Self::NoticeUnderWay => l.t(
                "手続き中の届出があります。取り消すか、完了してから行ってください。",
                "Another notice is on its way. Take it back, or wait until it is through.",
            ),
            Self::Ended => l.t("この申請は終了しています。", "This application is over."),
        };
        text.to_owned()
    }
}

impl Wrong {
    /// What to change.
    pub(crate) fn text(self, l: &Lang) -> String {
        let bound = |ja: &str, en: &str, n: usize| l.t(ja, en).replace("{}", &n.to_string());
        match self {
            Self::Empty => l.t("記入または選択してください。", "Fill this in, or choose.").to_owned(),
            Self::Short(n) => bound("{}文字以上で記入してください。", "Write at least {} characters.", n),
            Self::Long(n) => bound("{}文字以内で記入してください。", "Write at most {} characters.", n),
            Self::Many(n) => bound("{}行以内で記入してください。", "Write at most {} lines.", n),
            Self::NotA(kind) => kind.remedy(l).to_owned(),
        }
    }
}

impl Kind {
    fn remedy<'a>(self, l: &Lang) -> &'a str {
        let (ja, en) = match self {
            Self::Text => ("1行で記入してください。", "Write one line."),
            Self::Long => ("文章で記入してください。", "Write text."),
            Self::Digits => ("半角の数字だけで記入してください。", "Write digits only."),
            Self::Mail => (
                "メールアドレスの形で記入してください。例：taro@example.jp",
                "Write a mail address, such as taro@example.jp.",
            ),
            Self::Phone => ("半角の数字とハイフンで記入してください。", "Write digits and hyphens."),
            Self::Url => ("https:// で始まるURLを記入してください。", "Write an address that begins with https://."),
            Self::Urls => (
                "https:// で始まるURLを、1行に1つ記入してください。",
                "Write addresses that begin with https://, one a line.",
            ),
            Self::Date => ("年月日を 2026-06-01 の形で記入してください。", "Write a date as 2026-06-01."),
            Self::Choice | Self::Choices => ("選択肢から選んでください。", "Choose from the list."),
            Self::Agree => ("確認のうえ、チェックしてください。", "Tick the box."),
            Self::Json => ("JSONの形で記入してください。", "Write a JSON object."),
        };
        l.t(ja, en)
    }
}
