//! Vectors of articles: stored beside them, deleted with them, and made only for articles that concern somebody.

use ceasewire::store::StoryArticleLimits;
use ceasewire_model::{ArticleId, ModelVector, StoryArticle, Timestamp, Vector};

use ceasewire_testkit::feed_site::http_date;

use crate::support::world::{TRUCE, World, item};

async fn stored(world: &World) -> Vec<StoryArticle> {
    let limits = StoryArticleLimits { public: 100, of_a_feed: 100, private: 100 };
    world.store.list_story_articles_since(Timestamp(0), i64::MAX, limits).await.unwrap()
}

async fn save(world: &World, vectors: &[(ArticleId, Option<&ModelVector>)]) {
    let mut tx = world.store.begin().await.unwrap();
    tx.save_article_vectors(vectors).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_vector_is_stored_replaced_and_deleted_with_its_article() {
    let mut world = World::new().await;
    let mut items = [item("1", "Karabakh ceasefire agreed", TRUCE), item("2", "A ceasefire in Shusha is broken", "")];
    for item in &mut items {
        // An article without a date never expires.
        item.pub_date = Some(http_date(world.now.to_datetime().into()));
    }
    world.publish("/wire", &items);
    world.poll().await;
    let ids: Vec<ArticleId> = world
        .store
        .list_recent_articles(None, Timestamp(0), None, 100)
        .await
        .unwrap()
        .iter()
        .map(|article| article.id)
        .collect();
    assert_eq!(stored(&world).await.iter().filter(|article| article.vector.is_some()).count(), 0);
    let vector = |first: f32| ModelVector { model: "test/1".into(), vector: Vector::from_floats(&[first, -1.0, 0.5]) };
    save(&world, &[(ids[0], Some(&vector(0.25))), (ids[1], Some(&vector(0.5)))]).await;
    save(&world, &[(ids[0], Some(&vector(-0.75))), (ids[1], None)]).await;
    let found: Vec<ModelVector> = stored(&world).await.into_iter().filter_map(|article| article.vector).collect();
    assert_eq!(found, [vector(-0.75)]);
    // Articles without deliveries go after their days, and their vectors with them.
    let later = world.now.plus_secs(400 * 86_400);
    assert_eq!(world.store.delete_expired_articles(later, 100).await.unwrap(), 2);
    save(&world, &[]).await;
    assert_eq!(stored(&world).await.len(), 0);
}

#[tokio::test]
async fn articles_of_a_topic_are_encoded_once_and_others_never() {
    let Ok(model) = std::env::var("CEASEWIRE_ENCODER") else { return };
    let mut world = World::with_chat_feed_settings(&[("CEASEWIRE_ENCODER", &model)]).await;
    let items = [item("1", "Karabakh ceasefire agreed", TRUCE), item("2", "Football club signs a new goalkeeper", "")];
    world.publish("/wire", &items);
    world.poll().await;
    let with_vectors = |articles: Vec<StoryArticle>| -> Vec<String> {
        let known = articles.into_iter().filter(|article| article.vector.is_some());
        known.map(|article| article.title).collect()
    };
    assert_eq!(with_vectors(stored(&world).await), ["Karabakh ceasefire agreed"]);
    // A new version has a vector of its own, and a version about nothing of interest has none.
    let vector_of = |articles: Vec<StoryArticle>| articles.into_iter().find_map(|article| article.vector);
    let before = vector_of(stored(&world).await);
    let text = format!("{TRUCE} Both ministers confirmed on Sunday evening that observers would arrive within days.");
    world.publish("/wire", &[item("1", "Karabakh ceasefire broken within the hour", &text)]);
    world.poll().await;
    let after = vector_of(stored(&world).await);
    assert!(before.is_some() && after.is_some() && before != after);
}
