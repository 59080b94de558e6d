/// AdmissionReviews of a labelled StatefulSet, as an API server sends them, of a given size.
public enum Review {
    /// An AdmissionReview v1 in about so many bytes: a plausible object, filled up with what makes objects large in
    /// clusters: environment variables, managed fields, and the annotation that kubectl apply leaves behind.
    public static func make(bytes size: Int) -> [UInt8] {
        var filler = 0
        var text = text(filler: 0)
        while text.utf8.count < size {
            filler += max(1, (size - text.utf8.count) / 400)
            text = self.text(filler: filler)
        }
        return Array(text.utf8)
    }

    private static func text(filler: Int) -> String {
        let variables = (0..<filler).map { variable($0) }
        let environment = variables.map { #"{"name":"\#($0.name)","value":"\#($0.value)"}"# }
        let managed = variables.map { #""k:{\"name\":\"\#($0.name)\"}":{".":{},"f:name":{},"f:value":{}}"# }
        let applied = variables.map { #"{\"name\":\"\#($0.name)\",\"value\":\"\#($0.value)\"}"# }
        return """
            {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"5b6a3c0e-4b6f-4d5e-9c4a-0f5d5a2c7e11",\
            "kind":{"group":"apps","version":"v1","kind":"StatefulSet"},\
            "resource":{"group":"apps","version":"v1","resource":"statefulsets"},\
            "requestKind":{"group":"apps","version":"v1","kind":"StatefulSet"},\
            "requestResource":{"group":"apps","version":"v1","resource":"statefulsets"},\
            "name":"mqtt","namespace":"default","operation":"CREATE",\
            "userInfo":{"username":"kubernetes-admin","groups":["system:masters","system:authenticated"]},\
            "object":{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"mqtt","namespace":"default",\
            "uid":"0d1f0a0e-2a55-4d79-9f43-5dd5b4a3c001","creationTimestamp":"2026-11-23T03:49:07Z","generation":1,\
            "labels":{"app":"mqtt","vmq.k8s.vernemq.com/inject":"enabled"},\
            "annotations":{"note":"Größe","kubectl.kubernetes.io/last-applied-configuration":"[\(applied.joined(separator: ","))]"},\
            "managedFields":[{"manager":"kubectl","operation":"Apply","apiVersion":"apps/v1","fieldsType":"FieldsV1",\
            "fieldsV1":{"f:spec":{\(managed.joined(separator: ","))}}}]},\
            "spec":{"serviceName":"mqtt","replicas":3,"podManagementPolicy":"OrderedReady","revisionHistoryLimit":10,\
            "updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":0}},\
            "selector":{"matchLabels":{"app":"mqtt"}},\
            "template":{"metadata":{"creationTimestamp":null,"labels":{"app":"mqtt"}},\
            "spec":{"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst",\
            "schedulerName":"default-scheduler","securityContext":{"fsGroup":10000},\
            "containers":[{"name":"vernemq","image":"vernemq/vernemq:2.1.1","imagePullPolicy":"IfNotPresent",\
            "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File",\
            "ports":[{"name":"mqtt","containerPort":1883,"protocol":"TCP"}],\
            "env":[{"name":"DOCKER_VERNEMQ_ACCEPT_EULA","value":"yes"}\(environment.map { "," + $0 }.joined())],\
            "resources":{"requests":{"cpu":"500m","memory":"512Mi"}},\
            "volumeMounts":[{"name":"data","mountPath":"/vernemq/data"}]}]}},\
            "volumeClaimTemplates":[{"kind":"PersistentVolumeClaim","apiVersion":"v1","metadata":{"name":"data",\
            "creationTimestamp":null},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}},\
            "volumeMode":"Filesystem"},"status":{"phase":"Pending"}}]},"status":{"replicas":0,"availableReplicas":0}},\
            "oldObject":null,"dryRun":false,"options":{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1"}}}
            """
    }

    /// Settings of the broker first, as many as a careful user has, then variables that are none of its business.
    private static func variable(_ index: Int) -> (name: String, value: String) {
        if index < settings.count { return ("DOCKER_VERNEMQ_" + settings[index].name, settings[index].value) }
        return ("APP_SETTING_OF_A_SIDECAR_OR_SCRIPT_\(index)", "value-\(index)")
    }

    private static let settings = [
        ("ALLOW_ANONYMOUS", "on"), ("MAX_CLIENT_ID_SIZE", "100"), ("RETRY_INTERVAL", "20"),
        ("MAX_INFLIGHT_MESSAGES", "40"), ("MAX_ONLINE_MESSAGES", "2000"), ("MAX_OFFLINE_MESSAGES", "5000"),
        ("MAX_MESSAGE_SIZE", "65536"), ("UPGRADE_OUTGOING_QOS", "off"), ("QUEUE_DELIVER_MODE", "fanout"),
        ("QUEUE_TYPE", "fifo"), ("MAX_MESSAGE_RATE", "0"), ("PERSISTENT_CLIENT_EXPIRATION", "1w"),
        ("MAX_LAST_WILL_DELAY", "client"), ("ALLOW_MULTIPLE_SESSIONS", "off"),
        ("SUPPRESS_LWT_ON_SESSION_TAKEOVER", "off"), ("ALLOW_REGISTER_DURING_NETSPLIT", "off"),
        ("ALLOW_PUBLISH_DURING_NETSPLIT", "on"), ("ALLOW_SUBSCRIBE_DURING_NETSPLIT", "off"),
        ("ALLOW_UNSUBSCRIBE_DURING_NETSPLIT", "off"), ("SYSTREE_INTERVAL", "20000"), ("GRAPHITE_ENABLED", "off"),
        ("LISTENER__MAX_CONNECTIONS", "10000"), ("LISTENER__NR_OF_ACCEPTORS", "100"),
    ].map { (name: $0.0, value: $0.1) }
}
