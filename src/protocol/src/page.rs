//! Page ↔ agent: JSON-RPC 2.0 over the WebSocket (protocol, section 2).

mod params;
mod request;
mod response;

pub use params::{
    AuthenticateParams, CancelParams, Digest, DigestAlgorithm, Document, ReadAttributesParams, SignParams,
    SignatureFormat,
};
pub use request::{Call, Incoming, Request, RequestId, parse};
pub use response::{
    AuthenticateResult, CancelResult, ErrorData, Info, Progress, ProgressState, ReadAttributesResult, Record,
    RecordIssuer, RecordSignature, RpcError, SignResult, error, notification, result,
};

/// The longest message taken, in bytes.
pub const MAX_MESSAGE: usize = 64 * 1024;
