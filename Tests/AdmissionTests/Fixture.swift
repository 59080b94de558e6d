import Document
import Injection
import Kubernetes
import Testing

@testable import Admission

/// Reviews in the shape in which a real API server sent them: managed fields, defaults filled in, options, groups.
enum Fixture {
    static let reviewer = Reviewer(injector: Injector(version: "0.0.0-test"))

    /// A review as text.
    static func review(
        operation: String = "CREATE",
        kind: String = #"{"group":"apps","version":"v1","kind":"StatefulSet"}"#,
        subResource: String? = nil,
        object: String,
        oldObject: String = "null",
        dryRun: Bool = false
    ) -> String {
        """
        {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"0ae0b5a6-9b0e-4a1c-8a25-3f3c7f3a2f11",\
        "kind":\(kind),"resource":{"group":"apps","version":"v1","resource":"statefulsets"},\
        \(subResource.map { "\"subResource\":\"\($0)\"," } ?? "")\
        "requestKind":\(kind),"requestResource":{"group":"apps","version":"v1","resource":"statefulsets"},\
        "name":"mqtt","namespace":"demo","operation":"\(operation)",\
        "userInfo":{"username":"kubernetes-admin","groups":["system:masters","system:authenticated"]},\
        "object":\(object),"oldObject":\(oldObject),"dryRun":\(dryRun),\
        "options":{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1","fieldManager":"kubectl-client-side-apply"}}}
        """
    }

    static func request(_ review: String) throws -> AdmissionRequest {
        try AdmissionRequest(reading: Array(review.utf8))
    }

    /// A StatefulSet as the API server hands it to a webhook on CREATE.
    static func statefulSet(
        label: String = #""vmq.k8s.vernemq.com/inject":"enabled","#,
        annotations: String = "",
        serviceName: String = "mqtt",
        replicas: Int = 3
    ) -> String {
        """
        {"kind":"StatefulSet","apiVersion":"apps/v1","metadata":{"name":"mqtt","namespace":"demo",\
        "creationTimestamp":null,"labels":{\(label)"app":"mqtt"},"annotations":{\(annotations)\
        "kubectl.kubernetes.io/last-applied-configuration":"{\\"apiVersion\\":\\"apps/v1\\"}\\n"},\
        "managedFields":[{"manager":"kubectl-client-side-apply","operation":"Update","apiVersion":"apps/v1",\
        "time":"2026-11-23T04:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{".":{},\
        "f:kubectl.kubernetes.io/last-applied-configuration":{}},"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:replicas":{},\
        "f:template":{"f:spec":{"f:containers":{"k:{\\"name\\":\\"vernemq\\"}":{".":{},"f:image":{}}}}}}}}]},\
        "spec":{"replicas":\(replicas),"selector":{"matchLabels":{"app":"mqtt"}},"template":{"metadata":{"creationTimestamp":null,\
        "labels":{"app":"mqtt"}},"spec":{"containers":[{"name":"vernemq","image":"vernemq/vernemq:2.1.1-alpine",\
        "ports":[{"name":"mqtt","containerPort":1883,"protocol":"TCP"}],"env":[{"name":"DOCKER_VERNEMQ_ACCEPT_EULA",\
        "value":"yes"}],"resources":{},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File",\
        "imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,\
        "dnsPolicy":"ClusterFirst","securityContext":{},"schedulerName":"default-scheduler"}},"serviceName":"\(serviceName)",\
        "podManagementPolicy":"OrderedReady","updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":0}},\
        "revisionHistoryLimit":10},"status":{"replicas":0}}
        """
    }

    static let verneMQKind = #"{"group":"vmq.k8s.vernemq.com","version":"v1alpha1","kind":"VerneMQ"}"#
    static let configMapKind = #"{"group":"","version":"v1","kind":"ConfigMap"}"#

    static func configMap(label: String = "vernemq", _ members: String) -> String {
        """
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"mqtt","namespace":"demo",\
        "labels":{"vmq.k8s.vernemq.com/config":"\(label)"}}\(members)}
        """
    }

    /// The StatefulSet after the mutating webhook.
    static func injected(_ object: String = statefulSet()) throws -> String {
        let request = try request(review(object: object))
        let patch = try #require(reviewer.mutate(request).response.patch)
        return try patch.apply(to: JSONValue(parsing: object)).serializedString()
    }
}
