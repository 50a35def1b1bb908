//! Where buildkitd listens, and who may connect.

pub mod address;
pub mod address_scheme;
pub mod debug_address_open;
pub mod default_file_wins;
pub mod deletes_file;
pub mod duplicate_address;
pub mod fd_number;
pub mod fd_socket;
pub mod malformed_tcp;
pub mod named_pipe;
pub mod owner_unused;
pub mod shared_socket;
pub mod socket_path;
pub mod tcp_without_port;
pub mod tcp_without_tls;
pub mod tls_ca_only;
pub mod tls_half_pair;
pub mod tls_unused;
pub mod tls_without_client_ca;
