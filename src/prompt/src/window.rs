//! The window: draws the [`View`], hands events to the [`State`], and carries out its effects.
//! It decides nothing. Nobody else may touch the toolkit.

mod draw;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod pictures;
#[cfg(test)]
mod theme;

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use jpki_protocol::prompt::ToPrompt;
use slint::winit_030::{EventResult, WinitWindowAccessor, winit};
use slint::{CloseRequestResponse, ComponentHandle};

use crate::error::PromptError;
use crate::state::{Effect, Event, State};
use crate::{line, os};

// Generated code: it documents nothing and exports more than it needs to.
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::expect_used,
    clippy::panic,
    clippy::todo,
    clippy::unwrap_used
)]
mod ui {
    slint::include_modules!();
}

use ui::{Prompt, PromptWindow};

/// What a desktop's own bars take of a screen's height, in logical pixels.
const BARS: f32 = 80.0;

/// The window in two columns, in logical pixels: it fits a screen of 1920 × 1080 at twice the size.
const WIDE: slint::LogicalSize = slint::LogicalSize { width: 920.0, height: 530.0 };

/// Some frames, at any usual rate.
const NEXT_FRAMES: Duration = Duration::from_millis(100);

/// Everything the callbacks share.
struct Controller {
    window: slint::Weak<PromptWindow>,
    state: RefCell<State>,
    messages: Receiver<Event>,
    started: Instant,
    /// Whether the window fits the question.
    fitted: Cell<bool>,
    result: RefCell<Result<(), PromptError>>,
}

/// Asks in a window until there is an answer or the agent is gone.
///
/// # Errors
/// [`PromptError`] if there is no screen, or the agent can't be understood or reached.
pub(crate) fn run() -> Result<(), PromptError> {
    let mut input = io::BufReader::new(io::stdin());
    let Some(open) = line::read_open(&mut input)? else { return Ok(()) };
    select_backend().map_err(PromptError::Window)?;
    let window = PromptWindow::new().map_err(PromptError::Window)?;
    let (sender, messages) = mpsc::channel();
    let controller = Rc::new(Controller {
        window: window.as_weak(),
        state: RefCell::new(State::new(open)),
        messages,
        started: Instant::now(),
        fitted: Cell::new(false),
        result: RefCell::new(Ok(())),
    });
    draw::question(&window, &controller.state.borrow());
    controller.draw();
    connect(&window, &controller);

    let weak = window.as_weak();
    std::thread::spawn(move || {
        crate::listen(&mut input, |event| {
            // Either fails only when the window is gone, and then nobody listens.
            sender.send(event).is_ok() && weak.upgrade_in_event_loop(|window| window.invoke_wake()).is_ok()
        });
    });
    window.run().map_err(PromptError::Window)?;
    controller.result.replace(Ok(()))
}

fn select_backend() -> Result<(), slint::PlatformError> {
    slint::BackendSelector::new().backend_name("winit".into()).renderer_name("software".into()).select()
}

fn connect(window: &PromptWindow, controller: &Rc<Controller>) {
    let on = |event: fn() -> Event| {
        let controller = Rc::clone(controller);
        move || controller.handle(event())
    };
    let prompt = window.global::<Prompt<'_>>();
    prompt.on_press(on(|| Event::Press));
    prompt.on_erased(on(|| Event::Erased));
    prompt.on_next(on(|| Event::Next));
    prompt.on_submit(on(|| Event::Submit));
    prompt.on_ask_block(on(|| Event::AskBlock));
    prompt.on_confirm_block(on(|| Event::Block));
    prompt.on_show_about(on(|| Event::About));
    prompt.on_back(on(|| Event::Back));
    prompt.on_dismiss(on(|| Event::Dismiss));
    prompt.on_entered({
        let controller = Rc::clone(controller);
        move |field| controller.handle(Event::Entered(draw::field(field)))
    });
    prompt.on_typed({
        let controller = Rc::clone(controller);
        move |text| controller.handle(Event::Typed(text.as_str().to_owned().into()))
    });
    prompt.on_replaced({
        let controller = Rc::clone(controller);
        move |text| controller.handle(Event::Replaced(text.as_str().to_owned().into()))
    });
    prompt.on_reveal({
        let controller = Rc::clone(controller);
        move |on| controller.handle(Event::Reveal(on))
    });
    prompt.on_set_remember({
        let controller = Rc::clone(controller);
        move |on| controller.handle(Event::Remember(on))
    });
    window.on_wake({
        let controller = Rc::clone(controller);
        move || {
            for event in controller.messages.try_iter() {
                controller.handle(event);
            }
        }
    });
    window.window().on_close_requested({
        let controller = Rc::clone(controller);
        move || {
            controller.handle(Event::Close);
            CloseRequestResponse::KeepWindowShown
        }
    });
    window.window().on_winit_window_event({
        let controller = Rc::clone(controller);
        move |_, event| {
            // Drawn for the first time since a question was asked: scale and sizes are known.
            if matches!(event, winit::event::WindowEvent::RedrawRequested) && !controller.fitted.replace(true) {
                let weak = controller.window.clone();
                slint::Timer::single_shot(Duration::ZERO, move || {
                    if let Some(window) = weak.upgrade() {
                        fit(&window);
                    }
                });
            }
            if let winit::event::WindowEvent::Focused(focused) = event {
                controller.handle(Event::Active(*focused));
            }
            EventResult::Propagate
        }
    });
}

/// Makes the window as high as what it shows, or lays it out in two columns where the screen is too low for that, as
/// a small screen with large letters is.
fn fit(window: &PromptWindow) {
    let size = window.window().with_winit_window(|window| window.current_monitor().map(|monitor| monitor.size()));
    let Some(size) = size.flatten() else { return };
    let scale = window.window().scale_factor();
    let screen = size.to_logical::<f32>(scale.into());
    let now = window.window().size().to_logical(scale);
    let prompt = window.global::<Prompt<'_>>();
    if prompt.get_wide() {
        return;
    }
    // A screen that is narrow too, such as one on its side, keeps the one column.
    if screen.height < window.get_fit().max(window.get_wish()) + BARS && screen.width >= WIDE.width {
        prompt.set_wide(true);
        resize(window, WIDE.width, WIDE.height.min(screen.height));
    } else if window.get_fit() > now.height {
        resize(window, now.width, window.get_fit().min(screen.height));
    }
}

/// Asks for a size, in logical pixels.
fn resize(window: &PromptWindow, width: f32, height: f32) {
    let scale = window.window().scale_factor();
    let size = winit::dpi::PhysicalSize::new((width * scale) as u32, (height * scale) as u32);
    let weak = window.as_weak();
    // Not at once: with its next frame the toolkit still holds the window to the limits of the layout before.
    slint::Timer::single_shot(NEXT_FRAMES, move || {
        let resize = |window: slint::Weak<PromptWindow>| {
            window.upgrade()?.window().with_winit_window(|window| window.request_inner_size(size))
        };
        // A window that is gone needs no size.
        let _ = resize(weak);
    });
}

impl Controller {
    fn handle(self: &Rc<Self>, event: Event) {
        let asked = matches!(event, Event::Message(ToPrompt::Open(_)));
        let effects = self.state.borrow_mut().step(self.started.elapsed(), event);
        if let Some(window) = self.window.upgrade().filter(|_| asked) {
            draw::question(&window, &self.state.borrow());
            self.fitted.set(false);
        }
        self.draw();
        for effect in effects {
            match effect {
                Effect::Answer(answer) => {
                    let written = os::standard_output()
                        .map_err(PromptError::Write)
                        .and_then(|mut output| line::write(&mut output, &answer));
                    if written.is_err() {
                        self.leave(written);
                        return;
                    }
                }
                Effect::CloseAfter(time) => {
                    let controller = Rc::clone(self);
                    slint::Timer::single_shot(time, move || controller.leave(Ok(())));
                }
                Effect::Exit(result) => self.leave(result),
            }
        }
    }

    fn draw(&self) {
        if let Some(window) = self.window.upgrade() {
            draw::view(&window, &self.state.borrow());
        }
    }

    fn leave(&self, result: Result<(), PromptError>) {
        *self.result.borrow_mut() = result;
        // Fails only if the loop does not run, and then there is nothing to leave.
        let _ = slint::quit_event_loop();
    }
}
