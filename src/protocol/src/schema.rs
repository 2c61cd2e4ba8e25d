//! JSON Schema of the messages, and an OpenRPC description of the page's side.
//!
//! Both are committed under `assets/protocol/` for readers in other languages; a test fails when
//! they are stale. `cargo run -p jpki-protocol --features schema --example generate` renews them.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use crate::page;
use crate::prompt;

/// The documents, each with its file name.
pub fn documents() -> [(&'static str, Value); 2] {
    [("openrpc.json", openrpc()), ("prompt.schema.json", prompt_schema())]
}

/// The text of a document as it is committed.
pub fn text(document: &Value) -> String {
    format!("{document:#}\n")
}

fn openrpc() -> Value {
    let mut settings = SchemaSettings::draft07();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut schemas = settings.into_generator();
    let methods = json!([
        method::<()>(&mut schemas, "bridge.info", &[], "info", schema::<page::Info>),
        method::<page::AuthenticateParams>(
            &mut schemas,
            "authenticate",
            &["challenge"],
            "token",
            schema::<page::AuthenticateResult>,
        ),
        method::<page::ReadAttributesParams>(
            &mut schemas,
            "readAttributes",
            &["challenge", "attributes"],
            "attributes",
            schema::<page::ReadAttributesResult>,
        ),
        method::<page::SignParams>(
            &mut schemas,
            "sign",
            &["documents", "format"],
            "signatures",
            schema::<page::SignResult>,
        ),
        method::<page::CancelParams>(&mut schemas, "cancel", &["id"], "cancelled", schema::<page::CancelResult>),
    ]);
    // Not answered to, but named so that a reader finds them.
    let (progress, error) = (schema::<page::Progress>(&mut schemas), schema::<page::ErrorData>(&mut schemas));
    json!({
        "openrpc": "1.3.2",
        "info": { "title": "JPKI Bridge", "version": crate::PROTOCOL_VERSION.to_string() },
        "servers": [{ "name": "agent", "url": "ws://127.0.0.1:39041/v1/socket" }],
        "methods": methods,
        "x-notifications": [{ "name": "progress", "params": progress }],
        "x-error-data": error,
        "components": { "schemas": schemas.take_definitions(true) },
    })
}

fn method<P: JsonSchema>(
    schemas: &mut SchemaGenerator,
    name: &str,
    required: &[&str],
    result: &str,
    result_schema: fn(&mut SchemaGenerator) -> Value,
) -> Value {
    let params = P::json_schema(schemas);
    let properties = params.get("properties").and_then(Value::as_object);
    let params: Vec<Value> = properties
        .into_iter()
        .flatten()
        .map(|(member, schema)| {
            json!({ "name": member, "required": required.contains(&member.as_str()), "schema": schema })
        })
        .collect();
    json!({
        "name": name, "paramStructure": "by-name", "params": params,
        "result": { "name": result, "schema": result_schema(schemas) },
    })
}

fn schema<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Value {
    schemas.subschema_for::<T>().to_value()
}

fn prompt_schema() -> Value {
    let mut schemas = SchemaSettings::draft07().into_generator();
    let to_prompt = schema::<prompt::ToPrompt>(&mut schemas);
    let secret = schema::<crate::Secret>(&mut schemas);
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Agent and prompt: one object a line",
        "properties": {
            "toPrompt": to_prompt,
            "fromPrompt": { "oneOf": [
                { "type": "object", "required": ["type"], "properties": {
                    "type": { "const": "accept" }, "pin": secret, "newPin": secret,
                    "remember": { "type": "boolean", "default": false },
                    "lastTryConfirmed": { "type": "boolean", "default": false } } },
                { "type": "object", "required": ["type"], "properties": { "type": { "enum": ["cancel", "block"] } } }
            ] }
        },
        "definitions": schemas.take_definitions(true),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_documents_are_not_stale() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/protocol");
        for (name, document) in super::documents() {
            let committed = std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
            assert_eq!(
                committed,
                super::text(&document),
                "{name} is stale: cargo run -p jpki-protocol --features schema --example generate"
            );
        }
    }
}
