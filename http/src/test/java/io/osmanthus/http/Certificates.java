package io.osmanthus.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Keys and certificates made by {@code keytool} for one test: of a server, of authorities, of machines. */
final class Certificates {
    private static final String PASSWORD = "changeit";
    private static final String SERVER = "server";
    private static final int PATIENCE_MS = 20_000;

    private final Path directory;
    private final Path file;

    private Certificates(Path directory) {
        this.directory = directory;
        this.file = directory.resolve("keys.p12");
    }

    /** With one for the server, on 127.0.0.1. */
    static Certificates make(Path directory) throws IOException, InterruptedException {
        Certificates made = new Certificates(directory);
        made.keytool(SERVER, null, "-ext", "san=ip:127.0.0.1", "-validity", "2");
        return made;
    }

    /** One that signs others. */
    void authority(String alias) throws IOException, InterruptedException {
        keytool(alias, null, "-ext", "bc:c", "-validity", "2");
    }

    /** One of a machine, signed by an authority, or by itself where that is null. */
    void machine(String alias, @Nullable String signer) throws IOException, InterruptedException {
        keytool(alias, signer, "-validity", "2");
    }

    /** One whose days are over. */
    void expired(String alias, @Nullable String signer) throws IOException, InterruptedException {
        keytool(alias, signer, "-startdate", "-9d", "-validity", "2");
    }

    private void keytool(String alias, @Nullable String signer, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + alias,
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
        if (signer != null) {
            command.addAll(List.of("-signer", signer));
        }
        command.addAll(Arrays.asList(more));
        Path log = directory.resolve("keytool.log");
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IllegalStateException("keytool failed: " + Files.readString(log));
        }
    }

    private KeyStore store() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    /** The PEM files of the server. */
    ServerConfig.Tls tls(ServerConfig.@Nullable ClientCertificates clients)
            throws IOException, GeneralSecurityException {
        KeyStore store = store();
        Path chain = Files.writeString(directory.resolve("chain.pem"), pem(SERVER));
        Path key = Files.writeString(
                directory.resolve("key.pem"),
                pem("PRIVATE KEY", store.getKey(SERVER, PASSWORD.toCharArray()).getEncoded()));
        return new ServerConfig.Tls(chain, key, clients);
    }

    /** A PEM file with these certificates. */
    Path anchors(String... aliases) throws IOException, GeneralSecurityException {
        StringBuilder text = new StringBuilder();
        for (String alias : aliases) {
            text.append(pem(alias));
        }
        return Files.writeString(directory.resolve("anchors.pem"), text);
    }

    private String pem(String alias) throws IOException, GeneralSecurityException {
        return pem("CERTIFICATE", store().getCertificate(alias).getEncoded());
    }

    private static String pem(String kind, byte[] bytes) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }

    /** As {@code openssl x509 -fingerprint -sha256} gives it, without colons and in lower case. */
    String sha256(String alias) throws IOException, GeneralSecurityException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(store().getCertificate(alias).getEncoded()));
    }

    /** Trusts the server, and shows this machine's certificate; null shows none. */
    SSLContext context(@Nullable String alias) throws IOException, GeneralSecurityException {
        KeyStore store = store();
        KeyStore trusted = empty();
        trusted.setCertificateEntry(SERVER, store.getCertificate(SERVER));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore own = empty();
        if (alias != null) {
            Certificate[] chain = store.getCertificateChain(alias);
            own.setKeyEntry(alias, store.getKey(alias, PASSWORD.toCharArray()), PASSWORD.toCharArray(), chain);
        }
        keys.init(own, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        KeyManager[] shown = alias == null
                ? keys.getKeyManagers()
                : new KeyManager[] {new Always(alias, (X509ExtendedKeyManager) keys.getKeyManagers()[0])};
        context.init(shown, trust.getTrustManagers(), null);
        return context;
    }

    /** Shows its certificate whoever the server says that it trusts. */
    private static final class Always extends X509ExtendedKeyManager {
        private final String alias;
        private final X509ExtendedKeyManager keys;

        Always(String alias, X509ExtendedKeyManager keys) {
            this.alias = alias;
            this.keys = keys;
        }

        @Override
        public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {alias};
        }

        @Override
        public String chooseClientAlias(String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return alias;
        }

        @Override
        public String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return alias;
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String of) {
            return keys.getCertificateChain(of);
        }

        @Override
        public PrivateKey getPrivateKey(String of) {
            return keys.getPrivateKey(of);
        }
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** A connection whose handshake is done, for HTTP/1.1 or, with {@code h2}, for the other. */
    static Socket connect(SSLContext context, int port, String protocol) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MS);
        socket.setTcpNoDelay(true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        if (!protocol.equals(socket.getApplicationProtocol())) {
            throw new IOException("the server speaks '" + socket.getApplicationProtocol() + "', not " + protocol);
        }
        return socket;
    }
}
