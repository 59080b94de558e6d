import Document
import VerneMQ

/// The broker's data and everything else that is mounted.
struct BrokerStorage {
    private(set) var volumes: [JSONValue] = []
    private(set) var mounts: [JSONValue] = []
    private(set) var claimTemplates: [JSONValue] = []
    private(set) var findings: [Finding] = []

    private static let dataVolume = "data"

    init(_ resource: ClusterResource) {
        addData(resource.spec("storage"))
        volumes.append(["name": "logs", "emptyDir": [:]])
        mounts.append(["name": "logs", "mountPath": "/vernemq/log"])
        add(resource.list("secrets"), "secret") { ["secretName": .string($0)] }
        add(resource.list("configMaps"), "configMap") { ["name": .string($0)] }
    }

    private mutating func addData(_ storage: JSONValue?) {
        let emptyDir = storage?["emptyDir"]?.unlessNull
        guard emptyDir == nil, case .object(let claim)? = storage?["volumeClaimTemplate"] else {
            volumes.append(["name": .string(Self.dataVolume), "emptyDir": emptyDir ?? [:]])
            mounts.append(["name": .string(Self.dataVolume), "mountPath": "/vernemq/data"])
            return
        }
        let metadata = claim["metadata"]?.objectValue
        let name = metadata?["name"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } ?? Self.dataVolume
        var spec = claim["spec"]?.objectValue ?? JSONObject()
        if spec["accessModes"]?.arrayValue?.isEmpty != false { spec["accessModes"] = ["ReadWriteOnce"] }
        if spec["resources"]?["requests"]?["storage"] == nil {
            findings.append(
                Finding(
                    .error,
                    path: "spec.storage.volumeClaimTemplate.spec.resources.requests.storage",
                    problem: "required value",
                    remedy: "say how large each broker's volume shall be"
                )
            )
        }
        claimTemplates.append([
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": .members([
                ("name", .string(name)), ("labels", metadata?["labels"]), ("annotations", metadata?["annotations"]),
            ]),
            "spec": .object(spec),
        ])
        mounts.append(["name": .string(name), "mountPath": "/vernemq/data"])
    }

    /// Mounts what the resource names at the path that is documented for it, and at the one below `/vernemq/etc` where the
    /// Go operator really put it, so that paths in existing configurations hold.
    private mutating func add(_ names: [JSONValue], _ source: String, _ make: (String) -> JSONValue) {
        let list = source.lowercased() + "s"
        var seen: Set<String> = []
        for name in names.compactMap(\.stringValue) where !name.isEmpty && seen.insert(name).inserted {
            let volume = VolumeName.make("\(source.lowercased())-", name)
            volumes.append(["name": .string(volume), source: make(name)])
            for directory in ["/etc/vernemq", "/vernemq/etc"] {
                mounts.append([
                    "name": .string(volume), "readOnly": true, "mountPath": .string("\(directory)/\(list)/\(name)"),
                ])
            }
        }
    }
}

/// Names of volumes for names of Secrets and ConfigMaps, which may be longer and have dots.
enum VolumeName {
    /// The prefix and the name where that is a name for a volume, else the prefix, what is legible, and a hash of the
    /// whole name (FNV-1a, 64 bits): different names stay different.
    static func make(_ prefix: String, _ name: String) -> String {
        let plain = prefix + name
        guard !DNSName.isLabel(plain) else { return plain }
        let legible = name.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(24)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return "\(prefix)\(legible)-\(String(hash, radix: 16))"
    }
}
