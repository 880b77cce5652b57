//! Inputs and messages as they are kept: compact JSON, exact.
//!
//! In: an input or a message, or the stored JSON. Out: the other. Absent: the API's forms, which are wider
//! and made for people.

use crate::calendar::Instant;
use crate::customer::wire::{Damage, place_of};
use crate::durable::store::InboxInput;
use crate::effect::Message;
use crate::gate::Reach;
use crate::input::{Answer, Arrived, Event};
use crate::run::wire::{channel_number, channel_of};
use cobro_dsl::program::{Priority, TemplateId, Version};
use cobro_dsl::values::ChannelSet;
use serde::{Deserialize, Serialize};

/// An input as JSON.
pub fn write_input(input: &InboxInput) -> Result<String, Damage> {
    serde_json::to_string(&StoredInput::from(input)).map_err(|error| error.to_string())
}

/// The input of a JSON text.
pub fn read_input(text: &str) -> Result<InboxInput, Damage> {
    let stored: StoredInput = serde_json::from_str(text).map_err(|error| place_of(&error))?;
    stored.try_into()
}

/// A message as JSON.
pub fn write_message(message: &Message) -> Result<String, Damage> {
    serde_json::to_string(&StoredMessage::from(message)).map_err(|error| error.to_string())
}

/// The message of a JSON text.
pub fn read_message(text: &str) -> Result<Message, Damage> {
    let stored: StoredMessage = serde_json::from_str(text).map_err(|error| place_of(&error))?;
    stored.try_into()
}

/// A priority as a number: the most urgent is the lowest.
pub fn priority_number(priority: Priority) -> u8 {
    match priority {
        Priority::High => 0,
        Priority::Normal => 1,
        Priority::Low => 2,
    }
}

/// The priority of a number.
pub fn priority_of(number: u8) -> Result<Priority, Damage> {
    match number {
        0 => Ok(Priority::High),
        1 => Ok(Priority::Normal),
        2 => Ok(Priority::Low),
        _ => Err("there is no such priority".to_owned()),
    }
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "k")]
enum StoredInput {
    #[serde(rename = "enter")]
    Enter { v: String },
    #[serde(rename = "pay")]
    Payment {
        at: i64,
        n: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        i: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        r: Option<String>,
    },
    #[serde(rename = "unpay")]
    PaymentReversed { at: i64, r: String },
    #[serde(rename = "button")]
    Button { at: i64, c: u8, b: String },
    #[serde(rename = "text")]
    Text { at: i64, c: u8, t: String },
    #[serde(rename = "delivered")]
    Delivered { at: i64, m: u32 },
    #[serde(rename = "read")]
    Read { at: i64, m: u32 },
    #[serde(rename = "not_delivered")]
    NotDelivered { at: i64, m: u32 },
    #[serde(rename = "opt_out")]
    OptedOut { at: i64, c: u8 },
    #[serde(rename = "opt_in")]
    OptedIn { at: i64, c: u8 },
    #[serde(rename = "balance")]
    BalanceChanged { at: i64, n: i64 },
    #[serde(rename = "hold")]
    HoldPlaced { at: i64, d: String, b: String },
    #[serde(rename = "release")]
    HoldReleased { at: i64 },
    #[serde(rename = "pause")]
    Paused { at: i64, b: String },
    #[serde(rename = "resume")]
    Resumed { at: i64 },
    #[serde(rename = "cancel")]
    Cancelled { at: i64, b: String },
    #[serde(rename = "custom")]
    Custom { at: i64, e: String },
    #[serde(rename = "dispute")]
    DisputeOpened {
        at: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        y: Option<String>,
    },
    #[serde(rename = "settled")]
    DisputeClosed {
        at: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        u: Option<bool>,
    },
    #[serde(rename = "plan")]
    PlanAccepted {
        at: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        p: Option<String>,
    },
    #[serde(rename = "no_plan")]
    PlanRejected { at: i64 },
    #[serde(rename = "called")]
    WebhookAnswered { at: i64, n: u32, ok: bool },
    #[serde(rename = "who")]
    Identity {
        at: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        c: Option<u8>,
        ok: bool,
    },
    #[serde(rename = "wrong")]
    WrongPerson { at: i64, c: u8 },
    #[serde(rename = "moved")]
    Moved { at: i64, z: String },
    #[serde(rename = "contact")]
    ContactMade { at: i64, c: u8, m: i64, y: bool },
    #[serde(rename = "promise")]
    PromiseMade { at: i64, n: i64, d: String },
    #[serde(rename = "done")]
    TaskDone { at: i64, n: u32, r: String },
}

impl From<&InboxInput> for StoredInput {
    fn from(input: &InboxInput) -> StoredInput {
        let Arrived { event, occurred_at: Instant(at) } = match input {
            InboxInput::Enter(version) => return StoredInput::Enter { v: version.to_string() },
            InboxInput::Event(arrived) => arrived.clone(),
        };
        match event {
            Event::PaymentReceived { amount, invoice, reference } => {
                StoredInput::Payment { at, n: amount, i: invoice, r: reference }
            }
            Event::PaymentReversed { reference } => StoredInput::PaymentReversed { at, r: reference },
            Event::ResponseReceived { channel, answer: Answer::Button(b), .. } => {
                StoredInput::Button { at, c: channel_number(channel), b }
            }
            Event::ResponseReceived { channel, answer: Answer::Text(t), .. } => {
                StoredInput::Text { at, c: channel_number(channel), t }
            }
            Event::MessageDelivered { message } => StoredInput::Delivered { at, m: message },
            Event::MessageRead { message } => StoredInput::Read { at, m: message },
            Event::MessageNotDelivered { message } => StoredInput::NotDelivered { at, m: message },
            Event::OptedOut { channels } => StoredInput::OptedOut { at, c: channels.0 },
            Event::OptedIn { channels } => StoredInput::OptedIn { at, c: channels.0 },
            Event::BalanceChanged { balance } => StoredInput::BalanceChanged { at, n: balance },
            Event::HoldPlaced { until, because } => {
                StoredInput::HoldPlaced { at, d: until.to_string(), b: because }
            }
            Event::HoldReleased => StoredInput::HoldReleased { at },
            Event::Paused { because } => StoredInput::Paused { at, b: because },
            Event::Resumed => StoredInput::Resumed { at },
            Event::Cancelled { because } => StoredInput::Cancelled { at, b: because },
            Event::Custom { name } => StoredInput::Custom { at, e: name },
            Event::DisputeOpened { reason } => StoredInput::DisputeOpened { at, y: reason },
            Event::DisputeClosed { upheld } => StoredInput::DisputeClosed { at, u: upheld },
            Event::PlanAccepted { plan } => StoredInput::PlanAccepted { at, p: plan },
            Event::PlanRejected => StoredInput::PlanRejected { at },
            Event::WebhookAnswered { call, is_done } => {
                StoredInput::WebhookAnswered { at, n: call, ok: is_done }
            }
            Event::IdentityVerified { channel } => {
                StoredInput::Identity { at, c: channel.map(channel_number), ok: true }
            }
            Event::IdentityFailed { channel } => {
                StoredInput::Identity { at, c: channel.map(channel_number), ok: false }
            }
            Event::WrongPersonReached { channel } => {
                StoredInput::WrongPerson { at, c: channel_number(channel) }
            }
            Event::Moved { zone } => StoredInput::Moved { at, z: zone.name().to_owned() },
            Event::ContactMade { channel, made_at, answered } => {
                StoredInput::ContactMade { at, c: channel_number(channel), m: made_at.0, y: answered }
            }
            Event::PromiseMade { on, amount } => {
                StoredInput::PromiseMade { at, n: amount, d: on.to_string() }
            }
            Event::TaskDone { task, result } => StoredInput::TaskDone { at, n: task, r: result },
        }
    }
}

impl TryFrom<StoredInput> for InboxInput {
    type Error = Damage;

    fn try_from(stored: StoredInput) -> Result<InboxInput, Damage> {
        let (at, event) = match stored {
            StoredInput::Enter { v } => {
                let version = Version::parse(&v).ok_or("the version is no version")?;
                return Ok(InboxInput::Enter(version));
            }
            StoredInput::Payment { at, n, i, r } => {
                (at, Event::PaymentReceived { amount: n, invoice: i, reference: r })
            }
            StoredInput::PaymentReversed { at, r } => (at, Event::PaymentReversed { reference: r }),
            StoredInput::Button { at, c, b } => (
                at,
                Event::ResponseReceived { channel: channel_of(c)?, answer: Answer::Button(b), said_at: None },
            ),
            StoredInput::Text { at, c, t } => (
                at,
                Event::ResponseReceived { channel: channel_of(c)?, answer: Answer::Text(t), said_at: None },
            ),
            StoredInput::Delivered { at, m } => (at, Event::MessageDelivered { message: m }),
            StoredInput::Read { at, m } => (at, Event::MessageRead { message: m }),
            StoredInput::NotDelivered { at, m } => (at, Event::MessageNotDelivered { message: m }),
            StoredInput::OptedOut { at, c } => (at, Event::OptedOut { channels: ChannelSet(c) }),
            StoredInput::OptedIn { at, c } => (at, Event::OptedIn { channels: ChannelSet(c) }),
            StoredInput::BalanceChanged { at, n } => (at, Event::BalanceChanged { balance: n }),
            StoredInput::HoldPlaced { at, d, b } => {
                let until = d.parse().map_err(|_| "a date is no date")?;
                (at, Event::HoldPlaced { until, because: b })
            }
            StoredInput::HoldReleased { at } => (at, Event::HoldReleased),
            StoredInput::Paused { at, b } => (at, Event::Paused { because: b }),
            StoredInput::Resumed { at } => (at, Event::Resumed),
            StoredInput::Cancelled { at, b } => (at, Event::Cancelled { because: b }),
            StoredInput::Custom { at, e } => (at, Event::Custom { name: e }),
            StoredInput::DisputeOpened { at, y } => (at, Event::DisputeOpened { reason: y }),
            StoredInput::DisputeClosed { at, u } => (at, Event::DisputeClosed { upheld: u }),
            StoredInput::PlanAccepted { at, p } => (at, Event::PlanAccepted { plan: p }),
            StoredInput::PlanRejected { at } => (at, Event::PlanRejected),
            StoredInput::WebhookAnswered { at, n, ok } => {
                (at, Event::WebhookAnswered { call: n, is_done: ok })
            }
            StoredInput::Identity { at, c, ok } => {
                let channel = c.map(channel_of).transpose()?;
                let event = match ok {
                    true => Event::IdentityVerified { channel },
                    false => Event::IdentityFailed { channel },
                };
                (at, event)
            }
            StoredInput::WrongPerson { at, c } => (at, Event::WrongPersonReached { channel: channel_of(c)? }),
            StoredInput::Moved { at, z } => {
                (at, Event::Moved { zone: z.parse().map_err(|_| "there is no such zone")? })
            }
            StoredInput::ContactMade { at, c, m, y } => {
                let channel = channel_of(c)?;
                (at, Event::ContactMade { channel, made_at: Instant(m), answered: y })
            }
            StoredInput::PromiseMade { at, n, d } => {
                let on = d.parse().map_err(|_| "a date is no date")?;
                (at, Event::PromiseMade { on, amount: n })
            }
            StoredInput::TaskDone { at, n, r } => (at, Event::TaskDone { task: n, result: r }),
        };
        Ok(InboxInput::Event(Arrived { event, occurred_at: Instant(at) }))
    }
}

#[derive(Serialize, Deserialize)]
struct StoredMessage {
    n: u32,
    c: u8,
    a: String,
    t: u16,
    r: Reach,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    s: String,
    x: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    d: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    w: String,
}

impl From<&Message> for StoredMessage {
    fn from(message: &Message) -> StoredMessage {
        let Message { number, channel, address, template, reach, subject, text, documents, webhook } =
            message;
        StoredMessage {
            n: *number,
            c: channel_number(*channel),
            a: address.clone(),
            t: template.0,
            r: *reach,
            s: subject.clone(),
            x: text.clone(),
            d: documents.clone(),
            w: webhook.clone(),
        }
    }
}

impl TryFrom<StoredMessage> for Message {
    type Error = Damage;

    fn try_from(stored: StoredMessage) -> Result<Message, Damage> {
        Ok(Message {
            number: stored.n,
            channel: channel_of(stored.c)?,
            address: stored.a,
            template: TemplateId(stored.t),
            reach: stored.r,
            subject: stored.s,
            text: stored.x,
            documents: stored.d,
            webhook: stored.w,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cobro_dsl::values::Channel;

    #[test]
    fn every_input_comes_back_as_it_was() {
        let channel = Channel::Call;
        let channels = ChannelSet::ALL.without(Channel::Email);
        let events = [
            Event::PaymentReceived { amount: i64::MAX, invoice: None, reference: None },
            Event::PaymentReceived {
                amount: 1,
                invoice: Some("F\u{0}1".into()),
                reference: Some("bank 1".into()),
            },
            Event::PaymentReversed { reference: "bank 1".into() },
            Event::ResponseReceived { channel, answer: Answer::Button("pagar".into()), said_at: None },
            Event::ResponseReceived {
                channel,
                answer: Answer::Text("ya pagué \"ayer\"".into()),
                said_at: None,
            },
            Event::MessageDelivered { message: 1 },
            Event::MessageRead { message: 2 },
            Event::MessageNotDelivered { message: u32::MAX },
            Event::OptedOut { channels },
            Event::OptedIn { channels },
            Event::BalanceChanged { balance: 0 },
            Event::Custom { name: "visita".into() },
            Event::HoldPlaced { until: "2026-02-28".parse().unwrap(), because: "viaje".into() },
            Event::HoldReleased,
            Event::Paused { because: "juicio".into() },
            Event::Resumed,
            Event::Cancelled { because: String::new() },
            Event::DisputeOpened { reason: None },
            Event::DisputeOpened { reason: Some("no es mía".into()) },
            Event::DisputeClosed { upheld: None },
            Event::DisputeClosed { upheld: Some(false) },
            Event::PlanAccepted { plan: None },
            Event::PlanAccepted { plan: Some("tres_meses".into()) },
            Event::PlanRejected,
            Event::WebhookAnswered { call: 7, is_done: false },
            Event::IdentityVerified { channel: Some(channel) },
            Event::IdentityFailed { channel: None },
            Event::WrongPersonReached { channel },
            Event::Moved { zone: chrono_tz::Asia::Kathmandu },
            Event::ContactMade { channel, made_at: Instant(-3), answered: true },
            Event::PromiseMade { on: "2026-02-28".parse().unwrap(), amount: 5000 },
            Event::TaskDone { task: 4, result: "hecho".into() },
        ];
        let inputs = events.map(|event| InboxInput::Event(Arrived { event, occurred_at: Instant(-7) }));
        for input in inputs.into_iter().chain([InboxInput::Enter(Version([9; 16]))]) {
            let text = write_input(&input).unwrap();
            assert_eq!(read_input(&text), Ok(input), "{text}");
        }
    }

    #[test]
    fn a_message_comes_back_as_it_was() {
        let message = Message {
            number: 3,
            channel: Channel::Email,
            address: "a@b.c".into(),
            template: TemplateId(9),
            reach: Reach::Exempt,
            subject: "Asunto".into(),
            text: "Hola,\nJosé".into(),
            documents: vec!["invoice F-1".into()],
            webhook: String::new(),
        };
        let call = Message::call(2, "crm_note");
        assert_eq!(call.called(), Some(2));
        assert_eq!(read_message(&write_message(&call).unwrap()), Ok(call));
        assert_eq!(read_message(&write_message(&message).unwrap()), Ok(message));
    }
}
