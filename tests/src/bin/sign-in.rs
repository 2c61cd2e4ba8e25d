//! A page of `e2e::page::ORIGIN` in one command: `sign-in PORT` asks the agent on that port for an authentication with
//! `e2e::page::CHALLENGE`, and prints the token. For checks that are scripts (`installer/deb/test`).

use e2e::page::{ORIGIN, Page};

fn main() -> e2e::Result<()> {
    let port = std::env::args().nth(1).ok_or("usage: sign-in PORT")?.parse()?;
    let mut page = Page::open(port, ORIGIN)?;
    page.authenticate()?;
    println!("{}", page.token()?);
    Ok(())
}
