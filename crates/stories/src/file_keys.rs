//! Enums whose variants are the keys of a language's file.

macro_rules! file_keys {
    ($(#[$enum_doc:meta])* $enum:ident: $($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        $(#[$enum_doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum $enum {
            $($(#[$doc])* $variant,)*
        }

        impl $enum {
            /// Finds a variant by its key in the file.
            fn from_key(key: &str) -> Option<Self> {
                match key {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use file_keys;
