//! A page of `e2e::page::ORIGIN` in one command: `sign-in PORT` asks the agent on that port for an authentication with
//! `e2e::page::CHALLENGE`, writes each state of the request to standard error, and the token to standard output. For
//! checks that are scripts (`installer/deb/test`).

use e2e::page::{ORIGIN, Page};

fn main() -> e2e::Result<()> {
    let port = std::env::args().nth(1).ok_or("usage: sign-in PORT")?.parse()?;
    let mut page = Page::open(port, ORIGIN)?;
    page.authenticate()?;
    loop {
        let message = page.receive()?;
        if let Some(state) = message["params"]["state"].as_str() {
            eprintln!("{state}");
            continue;
        }
        let token = &message["result"]["token"];
        if !token.is_object() {
            return Err(format!("no token: {message}").into());
        }
        println!("{token}");
        return Ok(());
    }
}
