//! The parts that tests, benches and fuzz targets share: stand-ins for Telegram, publishers and databases, the checks
//! of the fuzz targets, clocks, and the arithmetic of the load bench. It must not know the application.
//!
//! Each feature brings one part with its dependencies, so that the fuzz targets build neither servers nor a database.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on may panic")]

#[cfg(feature = "servers")]
pub mod bot_api;
#[cfg(feature = "checks")]
pub mod checks;
#[cfg(feature = "clock")]
pub mod clock;
pub mod data;
#[cfg(feature = "database")]
pub mod database;
#[cfg(feature = "checks")]
pub mod encoder;
#[cfg(feature = "servers")]
pub mod feed_site;
#[cfg(feature = "clock")]
pub mod growth;
#[cfg(feature = "checks")]
pub mod hostile;
#[cfg(feature = "servers")]
pub mod http_client;
#[cfg(feature = "servers")]
pub mod load;
pub mod random;
#[cfg(feature = "servers")]
pub mod raw_site;
