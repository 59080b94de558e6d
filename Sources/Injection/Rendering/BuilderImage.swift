import Document
import VerneMQ

/// Which image builds a plugin.
enum BuilderImage {
    /// The image that the source names, else the official Erlang image of the OTP release that the broker is built with.
    static func reference(for plugin: PluginSource, broker: BrokerContainer) -> String {
        plugin.builderImage ?? "docker.io/library/erlang:\(otp(of: broker).otp)"
    }

    /// The OTP release of the broker, and whether it is known or a guess.
    static func otp(of broker: BrokerContainer) -> (otp: String, isKnown: Bool) {
        OTPRelease.release(for: broker.value["image"]?.stringValue.flatMap(ImageReference.init)?.version)
    }
}
