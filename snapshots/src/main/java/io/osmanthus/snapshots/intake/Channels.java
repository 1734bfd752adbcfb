package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.SignatureCheck;
import io.osmanthus.snapshots.Signing;
import io.osmanthus.snapshots.intake.IntakeException.Code;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The registered channels ({@code config/channels.yaml}): whose signature enrolments and consents may come under. Immutable
 * and thread-safe.
 */
public final class Channels {
    /** No channel at all: enough for a demonstration. */
    public static final Channels NONE = new Channels(List.of());

    private static final int BUFFER_BYTES = 1 << 18;

    private record Channel(String id, PublicKey publicKey, Set<DeliveryFile> files, LocalDate from, LocalDate until) {}

    private final List<Channel> channels;

    private Channels(List<Channel> channels) {
        this.channels = channels;
    }

    /**
     * Reads {@code channels.yaml} of a configuration directory.
     *
     * @throws io.osmanthus.snapshots.vocabulary.ConfigException with every finding
     */
    public static Channels load(Path config) {
        return Yaml.read(config.resolve("channels.yaml"), root -> {
            List<Channel> channels = new ArrayList<>();
            Set<String> ids = new HashSet<>();
            root.forEach("channels", entry -> {
                Channel channel = channel(entry);
                if (!ids.add(channel.id())) {
                    throw entry.fault("id", "channel '" + channel.id() + "' stands twice");
                }
                channels.add(channel);
            });
            return new Channels(List.copyOf(channels));
        });
    }

    /**
     * Checks the detached signature of a file.
     *
     * @throws IntakeException EVIDENCE_INVALID if it is missing or not one of a channel that may sign it on that day
     */
    void verify(Delivery.Part part, LocalDate asOf, Progress progress) {
        Path signature = part.signature();
        if (signature == null) {
            throw invalid(part.name()
                    + " is not signed: enrolments and consents need the signature of a registered channel in "
                    + part.name() + ".sig");
        }
        try {
            byte[] signed = Files.readAllBytes(signature);
            if (signed.length != Signing.SIGNATURE_BYTES) {
                throw invalid(part.name() + ".sig has " + signed.length + " bytes, an Ed25519 signature has "
                        + Signing.SIGNATURE_BYTES + ": sign with openssl pkeyutl -sign -rawin");
            }
            List<Channel> asked = channels.stream()
                    .filter(channel -> channel.files().contains(part.file())
                            && !asOf.isBefore(channel.from())
                            && asOf.isBefore(channel.until()))
                    .toList();
            if (!anyHolds(part, signed, asked, progress)) {
                throw invalid("the signature " + part.name() + ".sig is not one of a channel that may deliver it on "
                        + asOf + "; asked: " + asked.stream().map(Channel::id).toList()
                        + ". The file was changed after signing, or its channel is not in channels.yaml");
            }
        } catch (IOException e) {
            throw new IntakeException(Code.IO, part.path() + " cannot be read: " + e, e);
        }
    }

    /** Reads the file once, whatever its length, for all channels that may have signed it. */
    private static boolean anyHolds(Delivery.Part part, byte[] signed, List<Channel> asked, Progress progress)
            throws IOException {
        List<SignatureCheck> checks = asked.stream()
                .map(channel -> SignatureCheck.begin(channel.publicKey(), signed))
                .toList();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (Progress.Task task = progress.begin("signature of " + part.name(), Files.size(part.path()), "bytes");
                InputStream in = Files.newInputStream(part.path())) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                for (SignatureCheck check : checks) {
                    check.update(buffer, 0, count);
                }
                task.advance(count);
            }
        }
        return checks.stream().anyMatch(SignatureCheck::holds);
    }

    private static Channel channel(Yaml.Mapping entry) {
        entry.text("title");
        Set<DeliveryFile> files = new HashSet<>();
        for (String word : entry.texts("files")) {
            DeliveryFile file = DeliveryFile.of(word);
            if (file == null || !file.signed()) {
                throw entry.fault("files", "'files' takes persons and consents, not '" + word + "'");
            }
            files.add(file);
        }
        if (files.isEmpty()) {
            throw entry.fault("files", "a channel names the files that it may sign: persons, consents");
        }
        PublicKey key;
        try {
            key = Signing.publicKey(entry.text("public_key"));
        } catch (IllegalArgumentException e) {
            throw entry.fault("public_key", "'public_key' is " + e.getMessage());
        }
        LocalDate from = entry.date("from");
        LocalDate until = entry.date("until");
        if (!from.isBefore(until)) {
            throw entry.fault("until", "'until' is the first day on which the channel holds no more, after 'from'");
        }
        return new Channel(entry.text("id"), key, Set.copyOf(files), from, until);
    }

    private static IntakeException invalid(String message) {
        return new IntakeException(Code.EVIDENCE_INVALID, message);
    }
}
