//! What goes wrong with a deed, as a page.

use crate::App;
use crate::applications::Fault;
use crate::web::{Failure, Lang};

/// The sentence for a deed that wasn't done, or the failure.
pub(crate) fn why(app: &App, fault: Fault, l: &Lang) -> Result<String, Failure> {
    match fault {
        Fault::NotFound => Err(Failure::NotFound),
        Fault::Portal(error) => Err(error.into()),
        Fault::Refused(refused) => Ok(refused.text(app.config().rules(), l)),
        Fault::Sheets(what) => Ok(format!(
            "{} {what}",
            l.t("設定シートの内容では登録できません。", "The setting sheets make no registration:")
        )),
        Fault::Busy => Ok(l
            .t(
                "ほかの方が同時に操作しました。内容を確かめて、もう一度お試しください。",
                "Somebody else was faster. Look again.",
            )
            .to_owned()),
    }
}
