//! The description of everything, for people.

use super::sample;
use super::texts::{English, Japanese, Text, Tongue};
use crate::settings::keys::{KEYS, Key, Kind};
use crate::settings::policy::{DOMAIN, FILE, REGISTRY_KEY};

/// The text of `README.md`.
pub(super) fn text() -> String {
    format!(
        r"# JPKI Bridge for administrators

This file and those beside it are made from the program's own table of settings:
`cargo run -p jpki-bridge --features templates --example policy-templates`.

## Where a policy stands

| system | place | template |
|---|---|---|
| Linux | `{FILE}`, root's, writable by nobody else | `linux/policy.toml` |
| Windows | `HKEY_LOCAL_MACHINE\{REGISTRY_KEY}` | `windows/jpki-bridge.admx` with `ja-JP` and `en-US` |
| macOS | a configuration profile for `{DOMAIN}`; under it `{FILE}` | `macos/jpki-bridge.mobileconfig` |

In the registry a switch is a `REG_DWORD` of 0 or 1, a number a `REG_DWORD`, a text a `REG_SZ`, and a list a key of its own with one
`REG_SZ` for each entry, whatever its name. Windows reads no file: every user may create folders where one would stand.

A policy is read when the agent starts, and nothing overrides it: not the settings file, the environment, or a flag. One that can't
be understood whole, or that others could have written, is refused with a message, and the agent doesn't start. `jpki-bridge
settings` shows each setting, its value, and where it comes from; `jpki-bridge sites list` marks the sites that are managed.

A site is refused if it is blocked here, or if only allowed sites may ask and it is none. A person can block an allowed site for
themselves; they can't allow one that is refused here. There is no setting for updates: the program doesn't update itself.

## Settings

{}
## 設定項目

{}
## Browsers

Chrome, Edge and Firefox ask each person once for each site before its pages may reach this computer. These files answer for everybody:

| browser | file | on Linux | on Windows |
|---|---|---|---|
| Chrome 146 or later | `browsers/chrome-edge.json` | `/etc/opt/chrome/policies/managed/` | `Software\Policies\Google\Chrome\LoopbackNetworkAllowedForUrls`, values `1`, `2`, … |
| Edge 146 or later | `browsers/chrome-edge.json` | `/etc/opt/edge/policies/managed/` | `Software\Policies\Microsoft\Edge\LoopbackNetworkAllowedForUrls`, values `1`, `2`, … |
| Chromium 146 or later | `browsers/chrome-edge.json` | `/etc/chromium/policies/managed/` | – |
| Firefox 151 or later | `browsers/firefox.json` | `/etc/firefox/policies/policies.json` | `Software\Policies\Mozilla\Firefox\LocalNetworkAccess` |

Chrome and Edge before 146 know the wider `LocalNetworkAccessAllowedForUrls`, which also opens the local network. Where a permission is
denied, sign-in still works by the redirect.
",
        table(English),
        table(Japanese)
    )
}

fn table(tongue: Tongue) -> String {
    let mut text = String::from(match tongue {
        English => "| name | values | default | example | variable | meaning |\n",
        Japanese => "| 名前 | 値 | 既定値 | 例 | 環境変数 | 意味 |\n",
    });
    text.push_str("|---|---|---|---|---|---|\n");
    for key in &KEYS {
        let variable = key.variable.map_or("–".to_owned(), |name| format!("`{name}`"));
        text.push_str(&format!(
            "| `{}` | {} | {} | `{}` | {variable} | {} |\n",
            key.name,
            values(key, tongue),
            key.default,
            sample::example(key),
            Text::of(key.name).explanation(tongue)
        ));
    }
    text
}

fn values(key: &Key, tongue: Tongue) -> String {
    let values = match (key.kind, tongue) {
        (Kind::Number(least, most), English) => format!("{least} to {most}"),
        (Kind::Number(least, most), Japanese) => format!("{least}から{most}"),
        (Kind::Switch, _) => "`true`, `false`".to_owned(),
        (Kind::Choice(words), _) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        (Kind::Path, English) => "path of a program".to_owned(),
        (Kind::Path, Japanese) => "プログラムのパス".to_owned(),
        (Kind::Sites, English) => "list of origins".to_owned(),
        (Kind::Sites, Japanese) => "オリジンの一覧".to_owned(),
    };
    match (key.policy_alone, tongue) {
        (false, _) => values,
        (true, English) => format!("{values}; policy only"),
        (true, Japanese) => format!("{values}(ポリシーのみ)"),
    }
}
