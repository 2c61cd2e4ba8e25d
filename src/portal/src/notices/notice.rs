//! A notice as it is read.

use jiff::Timestamp;
use serde::Serialize;

use super::IssuerKind;

/// Who sent a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Issuer {
    /// National or local government.
    pub(crate) kind: IssuerKind,
    /// The body's name.
    #[schema(example = "さくら市役所")]
    pub(crate) name: String,
}

/// A notice without its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Summary {
    /// Its name, for `GET /api/v1/notices/{id}`.
    #[schema(example = "q5dY0y1k8o0v3nS2mT4b7A")]
    pub(crate) id: String,
    /// 差出人: who sent it.
    pub(crate) issuer: Issuer,
    /// 件名.
    #[schema(example = "住民税のお知らせ")]
    pub(crate) subject: String,
    /// 受信日時.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) received: Timestamp,
    /// 保存期限: from then on it is gone.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) retained_until: Timestamp,
    /// 開封状態: when the person first opened it, wherever that was; absent if they didn't.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) opened: Option<Timestamp>,
}

/// A whole notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Notice {
    #[serde(flatten)]
    pub(crate) summary: Summary,
    /// The text, in paragraphs separated by empty lines.
    pub(crate) body: String,
}
