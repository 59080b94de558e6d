import CFuzzer
import Glibc
import VerneMQ

/// Any text as a `vernemq.conf`: reading it ends, within bounds, and what it meant can be written and read again.
@main
struct FuzzConfiguration {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
        let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { start, length in
            let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: length))
            FuzzConfiguration.check(String(decoding: bytes, as: UTF8.self))
            return 0
        }
        exit(status)
    }

    private static func check(_ text: String) {
        let file = ConfigurationFile(parsing: text, at: "data[vernemq.conf]")
        guard file.findings.count <= ConfigurationFile.findingLimit else { fail("too many findings") }
        for finding in file.findings where finding.path != "data[vernemq.conf]" {
            guard TextPlace(finding.path)?.path == "data[vernemq.conf]" else { fail("no place: \(finding.path)") }
        }
        for version in [VerneMQVersion(1, 10, 0), VerneMQVersion(2, 2, 0)] {
            _ = SettingsSource(file).judged(by: version, context: ConfigurationContext())
        }
        _ = ConfigurationFile(parsing: text, at: "f", reader: .broker(include: nil))
        for setting in file.settings {
            do {
                let written = try ConfigurationFile.text(of: [setting])
                let again = ConfigurationFile(parsing: written, at: "f").settings
                guard again.map(\.value) == [setting.value], again.map(\.key) == [setting.key] else {
                    fail("written as \(written.debugDescription), read as \(again)")
                }
            } catch {
                continue  // the few values that the format cannot write
            }
        }
    }

    /// Ends the program, which is how a fuzzer is told.
    private static func fail(_ reason: String) -> Never {
        fatalError(reason)
    }
}
