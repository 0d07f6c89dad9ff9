// Answers every request with a line of text.
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

fn main() {
    let port = env::var("PORT").expect("PORT is not set");
    let listener = TcpListener::bind(format!("0.0.0.0:{port}")).expect("the port cannot be listened on");
    for client in listener.incoming().flatten() {
        thread::spawn(move || answer(client));
    }
}

fn answer(mut client: TcpStream) -> Option<()> {
    let reader = BufReader::new(client.try_clone().ok()?);
    reader.lines().map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
    let body = format!("Hello from Rust, {}\n", env::var("BERTH_SANDBOX").unwrap_or_default());
    write!(client, "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).ok()
}
