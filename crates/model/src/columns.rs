//! How ids, times and enums travel in a column, on both databases; compiled with the feature `sqlx` only.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type};
use uuid::Uuid;

use crate::attention::{Attention, RuleAttention};
use crate::event::MeetingStatus;
use crate::{
    ArticleId, DateNote, DeliveryId, DeliveryState, FeedId, FeedOrigin, FeedTrouble, MeetingId, Platform, RuleId,
    RuleTrouble, SilentReason, StoryId, SubscriberId, Timestamp, VerdictName,
};

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
    ArticleId(Uuid), DeliveryId(Uuid), FeedId(Uuid), MeetingId(Uuid), RuleId(Uuid), StoryId(Uuid), SubscriberId(Uuid),
    Timestamp(i64),
}

/// Makes an enum travel as its stored name. An unknown name is an error of its column.
macro_rules! text_column {
    ($($type:ident),* $(,)?) => {$(
        impl<DB: Database> Type<DB> for $type
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

        impl<'q, DB: Database> Encode<'q, DB> for $type
        where
            &'static str: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                self.as_str().encode_by_ref(buffer)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $type
        where
            String: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                Ok(<String as Decode<'r, DB>>::decode(value)?.parse()?)
            }
        }
    )*};
}

text_column! {
    Attention, DateNote, DeliveryState, FeedOrigin, FeedTrouble, MeetingStatus, Platform, RuleAttention,
    RuleTrouble, SilentReason, VerdictName,
}
