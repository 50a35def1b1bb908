//! The configuration buildkitd would run with: what the file says, what flags put in its place,
//! what is left to defaults; and what follows from it, such as the hosts asked for an image.
//!
//! Rules, `show` and `route` all read this one, so that none of them decides alone what a line
//! comes to.

pub mod endpoint;
pub mod gc;
pub mod mirror;
pub mod reference;
pub mod start;
pub mod value;

pub use endpoint::{
    DOCKER_HUB, DOCKER_HUB_HOST, Endpoint, Tls, endpoints, is_localhost, mirrored, origin,
};
pub use mirror::{Mirror, split_port};
pub use reference::{Reference, is_domain, parse_reference};
pub use value::{Effective, Provenance, Value};
