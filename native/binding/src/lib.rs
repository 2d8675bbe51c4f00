//! The only code that knows Node: converts arguments, calls the crates beside it, returns JSON text.
//! Snapshots cross the border as JSON text because `JSON.parse` builds the objects many times faster than napi calls do.
