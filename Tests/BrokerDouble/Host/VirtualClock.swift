import Foundation
import Synchronization

/// The world's time: some multiple of real time, slower while the machine is busy. The hooks read it from a file of the form
/// of /proc/uptime, so that a loaded machine makes a test longer, not its brokers slower than their time-outs.
final class VirtualClock: Sendable {
    /// Where the hooks read it.
    let file: URL
    private let divisor: Double
    private let descriptor: Int32
    private let state: Mutex<(virtual: Double, real: Double, load: Double)>

    init?(file: URL, divisor: Int) {
        self.file = file
        self.divisor = Double(divisor)
        // Beginning at 100000 keeps the text the same length, so that it is always overwritten whole.
        state = Mutex((virtual: 100_000 * Double(divisor), real: Self.uptime(), load: 1))
        descriptor = unsafe open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return nil }
        tick()
    }

    deinit { close(descriptor) }

    /// The present moment in the world's seconds.
    var now: Double { state.withLock { $0.virtual } }

    /// Goes on; called every few milliseconds.
    func tick() {
        let busy = Self.runnable() / Double(ProcessInfo.processInfo.activeProcessorCount)
        let moment = state.withLock { state in
            let real = Self.uptime()
            // A tick that comes late shows that everything is late.
            let passed = min(real - state.real, 0.02)
            state.real = real
            state.load += (max(1, busy) - state.load) * 0.1
            state.virtual += passed * divisor / max(1, state.load)
            return state.virtual
        }
        let hundredths = Int(moment / divisor * 100)
        let fraction = hundredths % 100
        let line = Array("\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) 0.00\n".utf8)
        _ = unsafe line.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    private static func uptime() -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// How many threads of the machine could run now, without this one.
    private static func runnable() -> Double {
        guard let text = FileManager.default.contents(atPath: "/proc/loadavg"),
            let field = String(decoding: text, as: UTF8.self).split(separator: " ").dropFirst(3).first,
            let count = field.split(separator: "/").first.flatMap({ Double($0) })
        else { return 1 }
        return count - 1
    }
}
