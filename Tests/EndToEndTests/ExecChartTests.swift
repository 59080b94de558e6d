import Document
import Testing

/// What the chart grants for commands in brokers' containers.
@Suite("Chart: exec")
struct ExecChartTests {
    @Test("no right to run commands is granted unless namespaces are named, and then in those alone")
    func namespaces() async throws {
        #expect(try await grants([:]) == [])
        #expect(
            try await grants(["exec": ["namespaces": ["one", "two", "one"]]]) == [
                "Role one", "RoleBinding one", "Role two", "RoleBinding two",
            ]
        )
        #expect(try await grants(["exec": ["namespaces": ["*"]]]) == ["ClusterRole ", "ClusterRoleBinding "])
        #expect(
            try await grants([
                "exec": ["namespaces": ["one"]],
                "controllers": ["enabled": false],
                "certificates": ["mode": "files", "caBundle": "-----BEGIN CERTIFICATE-----\n"],
            ]) == [],
            "nobody is there to use it"
        )
    }

    @Test("both ways to ask for exec are granted, and the pod itself may be looked at")
    func rules() async throws {
        let documents = try await rendered(["exec": ["namespaces": ["one"]]])
        let role = documents.first { $0["kind"] == "Role" && Self.isOurs($0) }
        #expect(
            role?["rules"] == [
                ["apiGroups": [""], "resources": ["pods"], "verbs": ["get"]],
                ["apiGroups": [""], "resources": ["pods/exec"], "verbs": ["get", "create"]],
            ]
        )
        let binding = documents.first { $0["kind"] == "RoleBinding" && Self.isOurs($0) }
        #expect(binding?["roleRef"]?["name"] == role?["metadata"]?["name"])
        #expect(binding?["subjects"]?[0]?["namespace"] == "vernemq-operator")
    }

    private static func isOurs(_ document: JSONValue) -> Bool {
        document["metadata"]?["name"]?.stringValue?.hasSuffix("-exec") == true
    }

    /// Kind and namespace of every document that is about exec.
    private func grants(_ values: JSONValue) async throws -> [String] {
        try await rendered(values).filter(Self.isOurs).map { document in
            "\(document["kind"]?.stringValue ?? "") \(document["metadata"]?["namespace"]?.stringValue ?? "")"
        }
    }

    private func rendered(_ values: JSONValue) async throws -> [JSONValue] {
        try Chart.documents(try await Chart.template("mqtt", values: values, kubernetes: "1.34.0"))
    }
}
