import CFuzzer
import Document
import Glibc
import VerneMQ

/// Any JSON as a VerneMQ resource, as its update, and as a ConfigMap: judging it ends, with paths that say where.
@main
struct FuzzResource {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
        let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { start, length in
            let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: length))
            FuzzResource.check(bytes)
            return 0
        }
        exit(status)
    }

    private static let plain: JSONValue = [
        "apiVersion": "vmq.k8s.vernemq.com/v1alpha1", "kind": "VerneMQ", "metadata": ["name": "mqtt"],
        "spec": ["size": 3, "version": "2.1.1"],
    ]

    private static func check(_ bytes: [UInt8]) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            return
        }
        var asSpec = plain
        asSpec["spec"] = value
        for resource in [value, asSpec] {
            let findings = VerneMQResource.validate(resource)
            _ = VerneMQResource.validate(resource, old: plain)
            _ = VerneMQResource.validate(plain, old: resource)
            _ = VerneMQResource.validate(resource, configMap: value)
            for finding in findings where finding.problem.isEmpty || finding.remedy.isEmpty {
                fatalError("a finding without a word: \(finding)")  // which is how a fuzzer is told
            }
        }
        _ = ConfigurationMap.validate(value)
        _ = EnvironmentSettings.read(value.arrayValue ?? [], at: "env")
    }
}
