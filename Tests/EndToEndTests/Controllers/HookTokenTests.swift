import Document
import Foundation
import Kubernetes
import Testing

extension Controllers {
    /// The token in an injected pod: what its volume asks kubelet to fetch is fetched here in the same way.
    @Suite("The hooks' token")
    struct HookTokenTests {
        @Test("lives for an hour and with its pod, may read what join and leave need, and nothing else")
        func token() async throws {
            let bed = try ControllerBed.current
            let kubectl = try await bed.namespace("token")
            let namespace = kubectl.namespace ?? ""
            let elsewhere = try await bed.namespace("elsewhere").namespace ?? ""
            try await kubectl("create", "secret", "generic", "private", "--from-literal=password=x")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(labelled: true))
            for name in ["pod/mqtt-0", "rolebinding/mqtt-vernemq"] {
                try await eventually("\(name) is there", within: .seconds(60)) {
                    try await kubectl.run(["get", name]).status == 0 ? true : nil
                }
            }
            let token = try await Self.token(of: "mqtt-0", kubectl)

            // Which requests these are is in Sources/Injection/Scripts/common.
            let needed = [
                "/api/v1/namespaces/\(namespace)/pods", "/api/v1/namespaces/\(namespace)/pods/mqtt-0",
                "/apis/apps/v1/namespaces/\(namespace)/statefulsets/mqtt", "/api/v1/namespaces/\(namespace)",
            ]
            for path in needed {
                let status = try await Self.ask(bed, token, path)
                #expect(status == 200, "\(path)")
            }
            let core = "/api/v1/namespaces/\(namespace)"
            let refused: [(method: String, path: String)] = [
                ("GET", "\(core)/secrets"), ("GET", "\(core)/secrets/private"),
                ("GET", "\(core)/secrets/mqtt-vernemq-boot"), ("GET", "\(core)/configmaps"),
                ("GET", "\(core)/serviceaccounts"), ("GET", "\(core)/services"), ("GET", "\(core)/events"),
                ("GET", "\(core)/persistentvolumeclaims"), ("GET", "\(core)/pods/mqtt-0/log"),
                ("GET", "\(core)/pods?watch=true&timeoutSeconds=1"),
                ("POST", "\(core)/pods"), ("DELETE", "\(core)/pods/mqtt-1"), ("PATCH", "\(core)/pods/mqtt-0"),
                ("POST", "\(core)/pods/mqtt-1/exec?command=id"), ("POST", "\(core)/pods/mqtt-1/eviction"),
                ("POST", "\(core)/serviceaccounts/default/token"), ("DELETE", core), ("PATCH", core),
                ("GET", "/apis/apps/v1/namespaces/\(namespace)/statefulsets"),
                ("GET", "/apis/apps/v1/namespaces/\(namespace)/statefulsets/other"),
                ("PATCH", "/apis/apps/v1/namespaces/\(namespace)/statefulsets/mqtt"),
                ("PATCH", "/apis/apps/v1/namespaces/\(namespace)/statefulsets/mqtt/scale"),
                ("DELETE", "/apis/apps/v1/namespaces/\(namespace)/statefulsets/mqtt"),
                ("GET", "/apis/rbac.authorization.k8s.io/v1/namespaces/\(namespace)/roles"),
                ("PATCH", "/apis/rbac.authorization.k8s.io/v1/namespaces/\(namespace)/roles/mqtt-vernemq"),
                ("GET", "/apis/vmq.k8s.vernemq.com/v1alpha1/namespaces/\(namespace)/vernemqs"),
                ("GET", "/api/v1/namespaces/\(elsewhere)"), ("GET", "/api/v1/namespaces/\(elsewhere)/pods"),
                ("GET", "/apis/apps/v1/namespaces/\(elsewhere)/statefulsets/mqtt"),
                ("GET", "/api/v1/namespaces"), ("GET", "/api/v1/pods"), ("GET", "/api/v1/nodes"),
                ("GET", "/api/v1/secrets"), ("GET", "/api/v1/namespaces/kube-system/secrets"),
            ]
            for (method, path) in refused {
                let status = try await Self.ask(bed, token, path, method)
                #expect(status == 403, "\(method) \(path)")
            }

            try await kubectl("delete", "pod", "mqtt-0", "--grace-period=0", "--force")
            // The server believes in a token that it has just seen for ten seconds.
            try await eventually("the pod's token is worth nothing", within: .seconds(60)) {
                try await Self.ask(bed, token, needed[0]) == 401 ? true : nil
            }
        }

        /// As kubelet does it: by the pod's own volume, bound to the pod.
        private static func token(of name: String, _ kubectl: Kubectl) async throws -> String {
            let pod = try await kubectl.raw("/api/v1/namespaces/\(kubectl.namespace ?? "")/pods/\(name)")
            let sources = (pod["spec"]?["volumes"]?.arrayValue ?? []).flatMap {
                $0["projected"]?["sources"]?.arrayValue ?? []
            }
            let tokens = sources.compactMap { $0["serviceAccountToken"] }
            let volume = try #require(tokens.first)
            #expect(tokens.count == 1 && pod["spec"]?["automountServiceAccountToken"] == false, "\(sources)")
            #expect(volume["audience"] == nil)
            let lifetime = try #require(volume["expirationSeconds"]?.integerValue)
            #expect(lifetime <= 3600)
            let account = pod["spec"]?["serviceAccountName"]?.stringValue ?? "default"
            let request: JSONValue = [
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                "spec": [
                    "expirationSeconds": .integer(lifetime),
                    "boundObjectRef": [
                        "apiVersion": "v1", "kind": "Pod", "name": .string(name),
                        "uid": pod["metadata"]?["uid"] ?? .null,
                    ],
                ],
            ]
            let path = "/api/v1/namespaces/\(kubectl.namespace ?? "")/serviceaccounts/\(account)/token"
            let answer = try await kubectl("create", "--raw", path, "-f", "-", input: request.serializedString())
            let token = try #require(try JSONValue(parsing: answer)["status"]?["token"]?.stringValue)
            let claims = try claims(of: token)
            let times = (claims["iat"]?.integerValue ?? 0, claims["exp"]?.integerValue ?? .max)
            #expect(times.1 - times.0 == lifetime, "the server has made it live longer")
            #expect(claims["kubernetes.io"]?["pod"]?["uid"] == pod["metadata"]?["uid"])
            return token
        }

        private static func claims(of token: String) throws -> JSONValue {
            let parts = token.split(separator: ".")
            try #require(parts.count == 3)
            var text = parts[1].replacing("-", with: "+").replacing("_", with: "/")
            text += String(repeating: "=", count: (4 - text.count % 4) % 4)
            return try JSONValue(parsing: try #require(Base64.decode(String(text))))
        }

        private static func ask(
            _ bed: ControllerBed,
            _ token: String,
            _ path: String,
            _ method: String = "GET"
        ) async throws -> Int? {
            let output = try await Subprocess.run(
                "/usr/bin/env",
                [
                    "curl", "-sS", "--max-time", "10", "--cacert", bed.plane.authority, "-o", "/dev/null",
                    "-w", "%{http_code}", "-X", method, "-H", "@-", "-H", "Content-Type: application/merge-patch+json",
                ] + (method == "GET" ? [] : ["-d", "{}"]) + [try bed.plane.server + path],
                input: "Authorization: Bearer \(token)\n"
            )
            return Int(output.standardOutput)
        }
    }
}
