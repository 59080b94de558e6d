/// What this build is.
enum Release {
    /// The version by semantic versioning: the one place where it is written.
    static let version = "0.2.0"

    /// The Swift that compiled it, as far as the language lets a program know.
    static var compiler: String {
        #if compiler(>=6.4)
            "6.4 or newer"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }

    /// Whether the compiler optimised it.
    static var mode: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    /// The processor that it is for, in Go's words, which are Kubernetes' words.
    static var architecture: String {
        #if arch(x86_64)
            "amd64"
        #elseif arch(arm64)
            "arm64"
        #else
            "unknown"
        #endif
    }

    /// One line for people.
    static var summary: String {
        "vernemq-operator \(version) (\(mode), Swift \(compiler), linux/\(architecture))"
    }
}
