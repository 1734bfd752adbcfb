package io.osmanthus.http;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/*
 * Bound by fingerprint and not by a name in it: a name is only as good as every issuer behind every anchor, its text can be
 * written in several ways, and a wildcard or a second name would widen it. A fingerprint is one certificate, like the hash of a
 * key beside it, and taking it out of clients.yaml is its revocation. Days of validity are held here too: JSSE does not look at
 * those of a certificate that is an anchor itself, and a connection may last longer than its certificate.
 */

/**
 * The certificate that the other side of a connection has shown; its chain was good at the handshake. Immutable.
 *
 * @param sha256 over the whole certificate, 64 lower-case hexadecimal digits
 * @param fromMs it holds from then
 * @param untilMs it holds no longer after this
 */
record ClientCertificate(String sha256, long fromMs, long untilMs) {
    private static final AttributeKey<ClientCertificate> SHOWN = AttributeKey.valueOf(ClientCertificate.class, "shown");

    static ClientCertificate of(X509Certificate certificate) {
        try {
            return new ClientCertificate(
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())),
                    certificate.getNotBefore().toInstant().toEpochMilli(),
                    certificate.getNotAfter().toInstant().toEpochMilli());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256, and a parsed certificate its bytes", e);
        }
    }

    /** Remembers with a fresh connection what was shown in its handshake, if anything was. */
    static void keep(HttpConnection connection) {
        SSLSession session = connection.sslSession();
        if (session == null || !(connection instanceof HttpServerConnection own)) {
            return;
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            if (chain.length > 0 && chain[0] instanceof X509Certificate leaf) {
                own.channelHandlerContext().channel().attr(SHOWN).set(of(leaf));
            }
        } catch (SSLPeerUnverifiedException e) {
            // none was shown: whoever needs one is told so at their first request
        }
    }

    /** What was shown on a connection, or null. */
    static @Nullable ClientCertificate of(HttpConnection connection) {
        return connection instanceof HttpServerConnection own
                ? of(own.channelHandlerContext().channel())
                : null;
    }

    static @Nullable ClientCertificate of(Channel channel) {
        return channel.attr(SHOWN).get();
    }

    boolean holds(long nowMs) {
        return nowMs >= fromMs && nowMs <= untilMs;
    }
}
