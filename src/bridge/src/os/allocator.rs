//! An allocator that leaves nothing behind.

use std::alloc::{GlobalAlloc, Layout, System};

use zeroize::Zeroize as _;

/// The system's allocator, which overwrites what is given back to it (threat 12).
///
/// It covers the copies that no type can: buffers of parsers, of the runtime, of a string that grew.
/// `realloc` keeps the trait's own form, which allocates, copies, and gives the old block back here.
#[derive(Debug)]
pub struct WipingAllocator;

// SAFETY: every call is passed on to `System` with the layout it came with; a block is overwritten
// only between its last use and its return, within its own size.
unsafe impl GlobalAlloc for WipingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the one `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller owns `layout.size()` bytes at `block` and gives them up with this call.
        unsafe {
            std::slice::from_raw_parts_mut(block.cast::<std::mem::MaybeUninit<u8>>(), layout.size()).zeroize();
            System.dealloc(block, layout);
        }
    }
}
