import Document
import VerneMQ

/// Makes the volumes that are injected, as the API server stores them.
enum VolumePlan {
    static func volumes(settings: Settings) -> [JSONValue] {
        var volumes: [JSONValue] = [
            ["name": .string(Contract.scriptsVolume), "emptyDir": ["sizeLimit": "32Mi"]],
            ["name": .string(Contract.tokenVolume), "projected": token],
        ]
        guard !settings.plugins.isEmpty else { return volumes }
        volumes.append(["name": .string(Contract.pluginsVolume), "emptyDir": [:]])
        volumes.append(["name": .string(Contract.buildVolume), "emptyDir": [:]])
        for plugin in settings.plugins {
            guard let secret = plugin.credentialsSecret else { continue }
            volumes.append([
                "name": .string(Contract.gitVolumePrefix + plugin.unitName),
                "secret": ["secretName": .string(secret), "defaultMode": 420],
            ])
        }
        return volumes
    }

    /// A token for the API server (no audience of our own: the server refuses a foreign one), its CA, and the namespace.
    private static let token: JSONValue = [
        "sources": [
            ["serviceAccountToken": ["expirationSeconds": 3600, "path": "token"]],
            ["configMap": ["name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]]]],
            [
                "downwardAPI": [
                    "items": [
                        ["path": "namespace", "fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.namespace"]]
                    ]
                ]
            ],
        ],
        "defaultMode": 420,
    ]
}
