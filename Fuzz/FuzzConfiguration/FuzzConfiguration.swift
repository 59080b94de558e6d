import Fuzzing
import VerneMQ

/// Any text as a `vernemq.conf`: reading it ends, within bounds, and what it meant can be written and read again.
@main
struct FuzzConfiguration {
    static func main() {
        Fuzzer.run { bytes in check(String(decoding: bytes, as: UTF8.self)) }
    }

    private static func check(_ text: String) {
        let file = ConfigurationFile(parsing: text, at: "data[vernemq.conf]")
        guard file.findings.count <= ConfigurationFile.findingLimit else { Fuzzer.fail("too many findings") }
        for finding in file.findings where finding.path != "data[vernemq.conf]" {
            guard TextPlace(finding.path)?.path == "data[vernemq.conf]" else {
                Fuzzer.fail("no place: \(finding.path)")
            }
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
                    Fuzzer.fail("written as \(written.debugDescription), read as \(again)")
                }
            } catch {
                continue  // the few values that the format cannot write
            }
        }
    }
}
