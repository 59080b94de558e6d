private import CFuzzer
private import Glibc
private import Synchronization

/// libFuzzer's driver with a check in it.
public enum Fuzzer {
    /// In a structure, not by itself: each look at a function in generic storage would wrap it once more.
    private struct Check {
        var run: @Sendable ([UInt8]) -> Void
    }

    private static let check = Mutex<Check?>(nil)

    /// Runs a check on input after input, as the command line says, and ends the program.
    ///
    /// - Parameter check: ends, within the bounds of time and memory that libFuzzer was given, whatever it is given.
    public static func run(_ check: @escaping @Sendable ([UInt8]) -> Void) -> Never {
        // The driver takes a C function, which can hold nothing.
        self.check.withLock { $0 = Check(run: check) }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
        let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { start, length in
            let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: length))
            Fuzzer.check.withLock { $0 }?.run(bytes)
            return 0
        }
        exit(status)
    }

    /// Ends the program, which is how a fuzzer is told that a promise does not hold.
    public static func fail(_ reason: String) -> Never {
        fatalError(reason)
    }
}
