//! What answers over HTTP, when `web.listen` asks for it.

pub mod health;
