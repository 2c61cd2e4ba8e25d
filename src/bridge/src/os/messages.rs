//! Windows: the messages of a thread that shows something.

use std::ptr;

use windows_sys::Win32::System::Threading::GetCurrentThreadId;
use windows_sys::Win32::UI::WindowsAndMessaging::{
    DispatchMessageW, GetMessageW, MSG, PM_NOREMOVE, PeekMessageW, PostThreadMessageW, TranslateMessage, WM_NULL,
    WM_QUIT,
};

/// A thread that handles messages; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct MessageThread(u32);

impl MessageThread {
    /// The thread that runs this, which goes on to [`handle_messages`].
    pub(crate) fn this() -> Self {
        let mut message = MSG::default();
        // SAFETY: `message` may be written to. The call gives the thread its queue, without which messages to it are lost.
        unsafe { PeekMessageW(&raw mut message, ptr::null_mut(), 0, 0, PM_NOREMOVE) };
        // SAFETY: nothing is asked of who calls.
        Self(unsafe { GetCurrentThreadId() })
    }

    /// Has the thread look for what is new.
    pub(crate) fn wake(&self) {
        self.post(WM_NULL);
    }

    fn post(&self, message: u32) {
        // SAFETY: the message holds no pointer. A thread that ended gets nothing.
        unsafe { PostThreadMessageW(self.0, message, 0, 0) };
    }
}

impl Drop for MessageThread {
    fn drop(&mut self) {
        self.post(WM_QUIT);
    }
}

/// Handles this thread's messages until it is to end, and calls `after` behind each.
pub(crate) fn handle_messages(mut after: impl FnMut()) {
    let mut message = MSG::default();
    // SAFETY: `message` may be written to. Zero is the end, and below zero a failure, which would be one for ever.
    while unsafe { GetMessageW(&raw mut message, ptr::null_mut(), 0, 0) } > 0 {
        // SAFETY: the message is the one that the system gave.
        unsafe {
            TranslateMessage(&raw const message);
            DispatchMessageW(&raw const message);
        }
        after();
    }
}
