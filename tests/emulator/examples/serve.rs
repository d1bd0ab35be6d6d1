//! The emulator as a server of its own: prints its address and runs until it is stopped.
//!
//! `cargo run -p telegram-emulator --example serve -- [--port N] [--speed X]`; see `src/control.rs` for `/_control/`.

use telegram_emulator::Emulator;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Emulator::builder();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let value = args.next().ok_or_else(|| format!("{arg} needs a value"))?;
        builder = match arg.as_str() {
            "--port" => builder.port(value.parse()?),
            "--speed" => builder.speed(value.parse()?),
            _ => return Err(format!("unknown option {arg}").into()),
        };
    }
    let telegram = builder.start().await?;
    println!("{}", telegram.api_url());
    tokio::signal::ctrl_c().await?;
    Ok(())
}
