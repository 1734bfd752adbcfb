package io.osmanthus.http;

import io.osmanthus.engine.rules.Matter;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What all event loops of one server share: configuration, keys, limits, meters. Everything in it is thread-safe. */
record Site(
        ServerConfig config,
        Vocabulary vocabulary,
        List<SceneRule> scenes,
        List<Matter> matters,
        Answers.Source source,
        PseudonymKey pseudonymKey,
        Keys keys,
        Suspensions suspensions,
        @Nullable AccessTrail trail,
        Issuers issuers,
        TokenCache tokens,
        AddressLimit publicRequests,
        AddressLimit failedAuthentications,
        Admission failedTokens,
        Admission admission,
        CandidateSearch search,
        InstantSource clock,
        Meters meters,
        @Nullable Live live,
        Contract contract,
        Docs docs) {
    /** That of the rules in force. */
    @Override
    public Vocabulary vocabulary() {
        return live == null
                ? vocabulary
                : live.node().reload().inForce().rules().vocabulary();
    }

    /** Those of the rules in force: how long an answer may be kept can change with a reload. */
    @Override
    public List<SceneRule> scenes() {
        return live == null ? scenes : live.node().reload().inForce().rules().scenes();
    }

    /** Whether this node still knows of every withdrawal that counts; always where there is no ledger. */
    boolean vouches(long nowNanos) {
        return live == null || nowNanos - live.follower().vouchedUntilNanos() <= 0;
    }
}
