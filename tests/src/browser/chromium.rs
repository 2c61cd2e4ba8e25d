//! Chromium, by the DevTools protocol over its debugging port.

use std::process::Command;

use serde_json::{Value, json};

use super::process::Process;
use super::rpc::Client;
use super::{Engine, Options, Permission, View, as_json, none, text};
use crate::Result;

pub(super) struct Chromium {
    client: Client,
    _process: Process,
}

impl Chromium {
    pub(super) fn start(options: &Options) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let mut command = Command::new("chromium");
        command
            .args(["--headless=new", "--remote-debugging-port=0", "--disable-gpu", "--disable-quic", "--no-first-run"])
            // The tests run as root in containers, where Chromium's sandbox doesn't.
            .args(["--no-sandbox", "--disable-dev-shm-usage"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args([
                "--disable-crash-reporter",
                "--hide-scrollbars",
                "--ignore-certificate-errors",
                "--window-size=800,900",
                "--lang=ja",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()));
        if options.dark {
            // In the order of Blink's `PreferredColorScheme`: dark is its first.
            command.arg("--blink-settings=preferredColorScheme=0");
        }
        if let Some(language) = options.language {
            command.arg(format!("--accept-lang={language}"));
        }
        if let Some(host) = &options.host {
            command.arg(format!("--host-resolver-rules=MAP {host} 127.0.0.1"));
        }
        if let Some(port) = options.public_port {
            command.arg(format!("--ip-address-space-overrides=127.0.0.1:{port}=public"));
        }
        let (process, address) = Process::start(command, profile, "DevTools listening on ")?;
        let mut client = Client::connect(&address)?;
        let target = client.call("Target.createTarget", json!({ "url": "about:blank" }))?;
        let attached =
            client.call("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }))?;
        client.enter(text(&attached, "/sessionId")?);
        client.call("Page.enable", none())?;
        Ok(Self { client, _process: process })
    }
}

impl Engine for Chromium {
    fn navigate(&mut self, url: &str) -> Result<()> {
        self.client.forget_events();
        let answer = self.client.call("Page.navigate", json!({ "url": url }))?;
        if let Some(error) = answer["errorText"].as_str() {
            return Err(format!("{url}: {error}").into());
        }
        self.client.wait(|method, _| (method == "Page.loadEventFired").then_some(()))
    }

    fn wait_for_load(&mut self, prefix: &str) -> Result<Vec<String>> {
        let mut way: Vec<String> = Vec::new();
        self.client.wait(|method, params| {
            let frame = &params["frame"];
            if method == "Page.frameNavigated" && frame["parentId"].is_null() {
                let part = |name: &str| frame[name].as_str().unwrap_or_default();
                way.push(format!("{}{}", part("url"), part("urlFragment")));
            }
            let there = way.last().is_some_and(|url| url.starts_with(prefix));
            (method == "Page.loadEventFired" && there).then_some(())
        })?;
        Ok(way)
    }

    fn evaluate(&mut self, body: &str) -> Result<String> {
        let params =
            json!({ "expression": as_json(body), "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let answer = self.client.call("Runtime.evaluate", params)?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(format!("the script failed: {details}").into()),
            None => text(&answer, "/result/value"),
        }
    }

    fn click_at(&mut self, x: f64, y: f64) -> Result<()> {
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.client.call("Input.dispatchMouseEvent", params)?;
        }
        Ok(())
    }

    fn press_tab(&mut self) -> Result<()> {
        for kind in ["rawKeyDown", "keyUp"] {
            let params = json!({ "type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 });
            self.client.call("Input.dispatchKeyEvent", params)?;
        }
        Ok(())
    }

    fn show_as(&mut self, view: View) -> Result<()> {
        let size = json!({ "width": view.width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.client.call("Emulation.setDeviceMetricsOverride", size)?;
        let scheme = if view.dark { "dark" } else { "light" };
        let media = json!({
            "media": if view.printed { "print" } else { "" },
            "features": [{ "name": "prefers-color-scheme", "value": scheme }],
        });
        self.client.call("Emulation.setEmulatedMedia", media).map(drop)
    }

    fn screenshot(&mut self) -> Result<String> {
        text(&self.client.call("Page.captureScreenshot", json!({ "captureBeyondViewport": true }))?, "/data")
    }

    fn set_permission(&mut self, origin: &str, name: &str, permission: Permission) -> Result<()> {
        let params = json!({ "origin": origin, "permission": { "name": name }, "setting": permission.as_str() });
        self.client.call("Browser.setPermission", params).map(|_: Value| ())
    }
}
