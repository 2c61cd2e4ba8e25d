//! What every page must be, for everybody who reads it: with eyes in light or dark, on a narrow screen, by keyboard, or by ear.
//! Tests of pages come in with a browser that shows one. Nothing here knows what the pages are about.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::Result;
use crate::browser::{Browser, View};
use crate::tools;

/// A window on a desk.
const WIDE: u32 = 1000;
/// WCAG 2.2, 1.4.10: nothing scrolls sideways here.
const NARROW: u32 = 320;

/// Each finding is a sentence.
const FACTS: &str = r#"
    const found = [];
    const shown = (element) => element.checkVisibility({ visibilityProperty: true });
    const headings = [...document.querySelectorAll('h1')].filter(shown);
    if (headings.length !== 1) found.push(headings.length + ' main headings');
    if (!document.title.trim() || document.title.trim().startsWith('—')) found.push('no title');
    for (const control of document.querySelectorAll('input:not([type=hidden]), select, textarea, button')) {
        const refs = (control.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id));
        const texts = [control.getAttribute('aria-label'), control.textContent, ...refs.map((ref) => ref?.textContent),
            ...[...control.labels ?? []].map((label) => label.textContent)];
        const named = control.matches('button') ? texts : texts.toSpliced(1, 1);
        if (!named.some((text) => text?.trim())) found.push('no label: ' + control.outerHTML);
    }
    for (const element of document.querySelectorAll('[aria-describedby]')) {
        for (const id of element.getAttribute('aria-describedby').split(' ')) {
            if (!document.getElementById(id)) found.push('described by nothing: ' + id);
        }
    }
    for (const link of document.querySelectorAll("a[href^='#']")) {
        if (!document.querySelector(link.hash)) found.push('a link to nowhere: ' + link.hash);
    }
    return found;
"#;

/// What sticks out of a narrow window, but for what scrolls by itself.
const TOO_WIDE: &str = r#"
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    return [...document.body.querySelectorAll('*')]
        .filter((element) => !element.closest('.table, pre') && element.getBoundingClientRect().right > room)
        .map((element) => element.outerHTML.slice(0, 200));
"#;

/// Looks at pages; where a folder for pictures is named, it leaves one of each way to see them there.
#[derive(Debug)]
pub struct Look {
    axe: String,
    pictures: Option<PathBuf>,
}

impl Look {
    /// With axe-core, which `installer/setup.sh --tests` installs.
    ///
    /// # Errors
    /// If it isn't installed.
    pub fn new(pictures: Option<PathBuf>) -> Result<Self> {
        Ok(Self { axe: tools::axe()?, pictures })
    }

    /// What is wrong with the page that the browser shows, in this language.
    ///
    /// # Errors
    /// If the browser fails.
    pub fn findings(&self, browser: &mut Browser, language: &str, name: &str) -> Result<Vec<String>> {
        browser.show_as(View::wide(WIDE))?;
        self.picture(browser, &format!("{name}-{language}"))?;
        let mut findings = texts(&browser.evaluate(FACTS)?);
        let lang = browser.evaluate("return document.documentElement.lang")?;
        if lang != json!(language) {
            findings.push(format!("the page says it is in {lang}"));
        }
        findings.extend(self.axe(browser, true)?);
        browser.show_as(View { dark: true, ..View::wide(WIDE) })?;
        findings.extend(self.axe(browser, false)?.into_iter().map(|finding| format!("dark: {finding}")));
        if language == "ja" {
            self.picture(browser, &format!("{name}-dark"))?;
        }
        browser.show_as(View::wide(NARROW))?;
        findings.extend(texts(&browser.evaluate(TOO_WIDE)?).into_iter().map(|what| format!("too wide: {what}")));
        self.picture(browser, &format!("{name}-{language}-narrow"))?;
        browser.show_as(View::wide(WIDE))?;
        Ok(findings)
    }

    /// What axe finds: everything that WCAG 2.2 AA asks and a program can see, or contrast alone.
    fn axe(&self, browser: &mut Browser, everything: bool) -> Result<Vec<String>> {
        let only = if everything {
            json!({ "type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
        } else {
            json!({ "type": "rule", "values": ["color-contrast"] })
        };
        let load = if everything { self.axe.as_str() } else { "" };
        let found = browser.evaluate(&format!(
            "{load};
             const {{ violations, passes }} = await axe.run(document, {{ runOnly: {only} }});
             const bad = violations.flatMap(({{ id, nodes }}) =>
                 nodes.map((node) => `${{id}}: ${{node.html}} ${{node.failureSummary}}`));
             return [bad, passes.length];"
        ))?;
        let mut findings = texts(&found[0]);
        if found[1].as_u64() < Some(if everything { 10 } else { 1 }) {
            findings.push("axe looked at nothing".to_owned());
        }
        Ok(findings)
    }

    fn picture(&self, browser: &mut Browser, name: &str) -> Result<()> {
        match &self.pictures {
            Some(folder) => browser.screenshot(&folder.join(format!("{name}.png"))),
            None => Ok(()),
        }
    }
}

fn texts(found: &Value) -> Vec<String> {
    found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What can have the focus, in the order in which it stands on the page.
const STOPS: &str = r#"
    const shown = (element) => element.checkVisibility({ visibilityProperty: true });
    window.stops = [...document.querySelectorAll(
        'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"], jpki-bridge-button',
    )].filter((element) => shown(element) && !element.disabled);
    window.stops[0].focus();
    return window.stops.length;
"#;

/// Where the focus is, and whether that can be seen.
const FOCUS: &str = r#"
    const element = document.activeElement;
    const at = window.stops.indexOf(element);
    const box = element.getBoundingClientRect();
    const inside = element.shadowRoot?.activeElement ?? element;
    const style = getComputedStyle(inside);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const within = box.width > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
    return [at, outlined && within, element.outerHTML.slice(0, 200)];
"#;

/// What is wrong for somebody who goes through the page by the Tab key: everything is reached, in its order, and seen.
///
/// # Errors
/// If the browser fails.
pub fn by_keyboard(browser: &mut Browser) -> Result<Vec<String>> {
    let count = browser.evaluate(STOPS)?.as_i64().ok_or("no number")?;
    let mut findings = Vec::new();
    let mut last = 0;
    // A field for a date has three places for the focus.
    for _ in 0..count * 4 {
        browser.press_tab()?;
        let focus = browser.evaluate(FOCUS)?;
        let (at, text) = (focus[0].as_i64().unwrap_or(-1), &focus[2]);
        if at == last {
            continue;
        }
        if at != last + 1 {
            findings.push(format!("the focus goes from {last} to {at}: {text}"));
            break;
        }
        if focus[1] != json!(true) {
            findings.push(format!("the focus isn't seen: {text}"));
        }
        last = at;
        if last + 1 == count {
            break;
        }
    }
    if last + 1 != count {
        findings.push(format!("the focus reaches {} of {count}", last + 1));
    }
    Ok(findings)
}
