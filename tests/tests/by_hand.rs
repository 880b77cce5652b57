//! Contacts that an agent makes by hand, against the daily limit, while a message of ours is already decided: the limit
//! is of the customer, whoever made the contact.

use crate::ticks::{Scripted, World, accepted, at, worlds};
use cobro_dsl::values::Channel;
use cobro_engine::calendar::Instant;
use cobro_engine::durable::dispatcher;
use cobro_engine::durable::store::{InboxInput, OutboxState};
use cobro_engine::input::{Arrived, Event};

const DAY: i64 = 86_400_000;

async fn by_hand(world: &World, id: &str, made_at: Instant, told_at: Instant) {
    let event = Event::ContactMade { channel: Channel::Whatsapp, made_at, answered: false };
    world.say(id, InboxInput::Event(Arrived { event, occurred_at: made_at }), told_at).await;
}

#[tokio::test]
async fn a_message_that_is_decided_waits_for_another_day() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        by_hand(&world, "1", at("09:31"), at("09:31")).await;
        let channel = Scripted::saying([accepted()]);
        // What was told and is not taken yet holds every message back.
        assert_eq!(world.dispatch(&channel, at("09:32")).await, dispatcher::Done::default());
        world.execute(at("09:32")).await;
        assert_eq!(world.dispatch(&channel, at("09:33")).await.later, 1);
        let row = world.messages().await.remove(0);
        assert_eq!(row.state, OutboxState::Queued);
        assert!(row.not_before >= at("00:00").plus_millis(DAY), "{row:?}");
        // Again a contact by hand, on the day to which it was put off.
        let next = row.not_before.plus_millis(-60_000);
        by_hand(&world, "2", next, next).await;
        world.execute(next).await;
        assert_eq!(world.dispatch(&channel, row.not_before).await.later, 1);
        assert_eq!(channel.sent(), [""; 0]);
    }
}

#[tokio::test]
async fn a_contact_at_the_very_moment_of_the_decision_counts_beside_it() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        by_hand(&world, "1", at("09:30"), at("09:30")).await;
        world.execute(at("09:30")).await;
        let channel = Scripted::default();
        // The message's own contact is left out, and the agent's of the same moment is not.
        assert_eq!(world.dispatch(&channel, at("09:30")).await.later, 1);
        assert_eq!(channel.sent(), [""; 0]);
    }
}

#[tokio::test]
async fn one_that_is_told_late_counts_on_the_day_it_was_made() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        // Yesterday's, told today: the day is another, so today's message goes out.
        by_hand(&world, "1", at("12:00").plus_millis(-DAY), at("09:30")).await;
        world.execute(at("09:30")).await;
        let channel = Scripted::saying([accepted()]);
        assert_eq!(world.dispatch(&channel, at("09:30")).await.accepted, 1);
    }
}
