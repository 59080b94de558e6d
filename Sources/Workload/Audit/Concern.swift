/// Something about a StatefulSet that is not as it should be, for condition, event and metric.
public struct Concern: Sendable, Hashable {
    /// What kind of concern it is; the text is the reason of conditions and events.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The label asks for an injection and the template carries none.
        case injectionMissing = "InjectionMissing"
        /// The injection is not the one that the annotations ask for.
        case injectionStale = "InjectionStale"
        /// Parts of the injection are gone.
        case injectionDamaged = "InjectionDamaged"
        /// The label asks for an injection that cannot be rendered.
        case injectionRefused = "InjectionRefused"
        /// The label is gone and the injection is still there.
        case injectionLeftOver = "InjectionLeftOver"
        /// The template is injected, some pods are from before.
        case podsNotInjected = "PodsNotInjected"
        /// There is no governing Service.
        case governingServiceMissing = "GoverningServiceMissing"
        /// The governing Service has an address of its own, so pods have no names.
        case governingServiceNotHeadless = "GoverningServiceNotHeadless"
        /// The governing Service hides pods that are not ready, which must find each other to become so.
        case governingServiceHidesUnready = "GoverningServiceHidesUnready"
        /// The governing Service does not select the pods.
        case governingServiceSelectsOthers = "GoverningServiceSelectsOthers"
        /// The Role or its binding is not there.
        case permissionsMissing = "PermissionsMissing"
        /// Role or binding are somebody else's and do not give what pods need.
        case permissionsInsufficient = "PermissionsInsufficient"
        /// The image's own discovery is turned on and has no token.
        case tokenNotMounted = "TokenNotMounted"
    }

    /// What kind it is.
    public let reason: Reason
    /// What is wrong and what follows from it, as a sentence.
    public let message: String
    /// What to do about it: a command where there is one.
    public let remedy: String

    /// Makes a concern from its parts.
    public init(_ reason: Reason, _ message: String, remedy: String) {
        self.reason = reason
        self.message = message
        self.remedy = remedy
    }
}
