//! Firefox, by WebDriver BiDi as it speaks it itself.

use std::process::Command;

use serde_json::json;

use super::process::Process;
use super::rpc::Client;
use super::{Engine, Options, Permission, View, as_json, none, text};
use crate::Result;

pub(super) struct Firefox {
    client: Client,
    context: String,
    _process: Process,
}

impl Firefox {
    pub(super) fn start(options: &Options) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        std::fs::write(profile.path().join("user.js"), preferences(options))?;
        let mut command = Command::new("firefox-esr");
        command
            .args(["--headless", "--no-remote", "--remote-debugging-port=0", "--profile"])
            .arg(profile.path())
            .args(["--width=800", "--height=900"]);
        let (process, address) = Process::start(command, profile, "WebDriver BiDi listening on ")?;
        let mut client = Client::connect(&format!("{address}/session"))?;
        client.call("session.new", json!({ "capabilities": { "alwaysMatch": { "acceptInsecureCerts": true } } }))?;
        let events = ["browsingContext.load", "browsingContext.navigationCommitted"];
        client.call("session.subscribe", json!({ "events": events }))?;
        let tree = client.call("browsingContext.getTree", none())?;
        Ok(Self { context: text(&tree, "/contexts/0/context")?, client, _process: process })
    }
}

/// The preferences of a profile that asks nobody outside for anything.
fn preferences(options: &Options) -> String {
    let mut lines = vec![
        r#"user_pref("app.normandy.enabled", false);"#.to_owned(),
        r#"user_pref("app.update.disabledForTesting", true);"#.to_owned(),
        r#"user_pref("browser.shell.checkDefaultBrowser", false);"#.to_owned(),
        r#"user_pref("datareporting.policy.dataSubmissionEnabled", false);"#.to_owned(),
        r#"user_pref("network.captive-portal-service.enabled", false);"#.to_owned(),
        r#"user_pref("network.connectivity-service.enabled", false);"#.to_owned(),
        r#"user_pref("intl.accept_languages", "ja, en");"#.to_owned(),
        // Remote settings would be asked at once otherwise.
        r#"user_pref("services.settings.server", "data:,");"#.to_owned(),
    ];
    if options.dark {
        lines.push(r#"user_pref("layout.css.prefers-color-scheme.content-override", 0);"#.to_owned());
    }
    if let Some(port) = options.public_port {
        // Firefox asks for the loopback permission from version 154 on; before, it is told to.
        lines.extend(["enabled", "blocking", "websocket.enabled"].map(lna));
        lines.push(format!(r#"user_pref("network.lna.address_space.public.override", "127.0.0.1:{port}");"#));
    }
    if let Some(host) = &options.host {
        // Names in this list resolve to the loopback address.
        lines.push(format!(r#"user_pref("network.dns.localDomains", "{host}");"#));
    }
    lines.join("\n")
}

/// Switches on a part of Local Network Access.
fn lna(part: &str) -> String {
    format!(r#"user_pref("network.lna.{part}", true);"#)
}

impl Engine for Firefox {
    fn navigate(&mut self, url: &str) -> Result<()> {
        self.client.forget_events();
        let params = json!({ "context": self.context, "url": url, "wait": "complete" });
        self.client.call("browsingContext.navigate", params)?;
        // Its own load event isn't to be taken for a later one.
        self.client.forget_events();
        Ok(())
    }

    fn wait_for_load(&mut self, prefix: &str) -> Result<Vec<String>> {
        let context = json!(self.context);
        let mut way: Vec<String> = Vec::new();
        self.client.wait(|method, params| {
            let url = params["url"].as_str().filter(|_| params["context"] == context)?;
            if method == "browsingContext.navigationCommitted" {
                way.push(url.to_owned());
            }
            (method == "browsingContext.load" && url.starts_with(prefix)).then_some(())
        })?;
        Ok(way)
    }

    fn evaluate(&mut self, body: &str) -> Result<String> {
        let params = json!({
            "expression": as_json(body), "target": { "context": self.context },
            "awaitPromise": true, "userActivation": true,
        });
        let answer = self.client.call("script.evaluate", params)?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(format!("the script failed: {details}").into()),
            None => text(&answer, "/result/value"),
        }
    }

    fn click_at(&mut self, x: f64, y: f64) -> Result<()> {
        let actions = json!([
            { "type": "pointerMove", "x": x.round(), "y": y.round() },
            { "type": "pointerDown", "button": 0 },
            { "type": "pointerUp", "button": 0 },
        ]);
        let params = json!({
            "context": self.context, "actions": [{ "type": "pointer", "id": "mouse", "actions": actions }],
        });
        self.client.call("input.performActions", params).map(drop)
    }

    fn press_tab(&mut self) -> Result<()> {
        let actions = json!([{ "type": "keyDown", "value": "\u{e004}" }, { "type": "keyUp", "value": "\u{e004}" }]);
        let params = json!({
            "context": self.context, "actions": [{ "type": "key", "id": "keys", "actions": actions }],
        });
        self.client.call("input.performActions", params).map(drop)
    }

    fn show_as(&mut self, view: View) -> Result<()> {
        if view.dark || view.printed {
            return Err("Firefox decides colours and paper when it starts".into());
        }
        let params = json!({ "context": self.context, "viewport": { "width": view.width, "height": 900 } });
        self.client.call("browsingContext.setViewport", params).map(drop)
    }

    fn screenshot(&mut self) -> Result<String> {
        let params = json!({ "context": self.context, "origin": "document" });
        text(&self.client.call("browsingContext.captureScreenshot", params)?, "/data")
    }

    fn set_permission(&mut self, origin: &str, name: &str, permission: Permission) -> Result<()> {
        let params = json!({ "origin": origin, "descriptor": { "name": name }, "state": permission.as_str() });
        self.client.call("permissions.setPermission", params).map(drop)
    }
}
