//! How ids, times and enums travel in a column, on both databases; compiled with the feature `sqlx` only.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type};
use uuid::Uuid;

use crate::attention::Attention;
use crate::{ArticleId, DeliveryId, FeedId, MeetingId, RuleId, StoryId, SubscriberId, Timestamp};

/// Makes a newtype travel as the type it wraps.
macro_rules! column {
    ($($type:ident($inner:ty)),* $(,)?) => {$(
        impl<DB: Database> Type<DB> for $type
        where
            $inner: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$inner as Type<DB>>::type_info()
            }

            fn compatible(ty: &DB::TypeInfo) -> bool {
                <$inner as Type<DB>>::compatible(ty)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $type
        where
            $inner: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                self.0.encode_by_ref(buffer)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $type
        where
            $inner: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                <$inner as Decode<'r, DB>>::decode(value).map(Self)
            }
        }
    )*};
}

column! {
    ArticleId(Uuid), DeliveryId(Uuid), FeedId(Uuid), MeetingId(Uuid), RuleId(Uuid), StoryId(Uuid), SubscriberId(Uuid), Timestamp(i64),
}

impl<DB: Database> Type<DB> for Attention
where
    String: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <String as Type<DB>>::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        <String as Type<DB>>::compatible(ty)
    }
}

impl<'q, DB: Database> Encode<'q, DB> for Attention
where
    &'static str: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.as_str().encode_by_ref(buffer)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for Attention
where
    String: Decode<'r, DB>,
{
    /// Reads a name; one that this version does not know counts as normal, which loses nothing.
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        let name = <String as Decode<'r, DB>>::decode(value)?;
        Ok(Self::of_name(&name).unwrap_or(Self::Normal))
    }
}
