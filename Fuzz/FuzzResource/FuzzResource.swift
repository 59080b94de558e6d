import Document
import Fuzzing
import VerneMQ

/// Any JSON as a VerneMQ resource, as its update, and as a ConfigMap: judging it ends, with paths that say where.
@main
struct FuzzResource {
    static func main() {
        Fuzzer.run { bytes in check(bytes) }
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
                Fuzzer.fail("a finding without a word: \(finding)")
            }
        }
        _ = ConfigurationMap.validate(value)
        _ = EnvironmentSettings.read(value.arrayValue ?? [], at: "env")
    }
}
