import ArgumentParser
import VerneMQ

/// A duration on the command line: `500ms`, `15s`, `1m30s`, `1h`.
struct DurationArgument: ExpressibleByArgument, Sendable, Hashable {
    let duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        if argument.hasSuffix("ms"), let milliseconds = UInt32(argument.dropLast(2)) {
            duration = .milliseconds(milliseconds)
        } else if let seconds = DurationText.seconds(argument) {
            duration = .seconds(seconds)
        } else {
            return nil
        }
    }

    /// As it would be written.
    var defaultValueDescription: String {
        let milliseconds = duration / .milliseconds(1)
        guard milliseconds.truncatingRemainder(dividingBy: 1000) == 0 else { return "\(Int(milliseconds))ms" }
        return DurationText.text(seconds: Int(milliseconds / 1000))
    }
}
