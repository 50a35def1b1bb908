//! Prints a file that has much of something, for `benches/run`: the names of all shapes, or one
//! shape at a size in bytes.

use std::io::Write;

#[path = "../tests/support/shapes.rs"]
mod shapes;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut arguments = std::env::args().skip(1);
    let (name, bytes) = (arguments.next(), arguments.next().and_then(|text| text.parse().ok()));
    for shape in shapes::SHAPES {
        match (&name, bytes) {
            (None, _) => writeln!(out, "{}", shape.name)?,
            (Some(name), Some(bytes)) if name == shape.name => {
                out.write_all(shape.text(bytes).as_bytes())?;
            }
            _ => {}
        }
    }
    Ok(())
}
