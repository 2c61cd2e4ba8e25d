//! Compiles the window. The style is named so that no build depends on what is installed.

fn main() -> Result<(), slint_build::CompileError> {
    // The tests look at the elements by name; what ships does without.
    let debug = std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    let config = slint_build::CompilerConfiguration::new().with_style("fluent".into()).with_debug_info(debug);
    slint_build::compile_with_config("ui/window.slint", config)
}
