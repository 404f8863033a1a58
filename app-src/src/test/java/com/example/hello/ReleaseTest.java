package com.example.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class ReleaseTest {

    @Test
    void is_the_one_that_the_image_names_in_its_environment() {
        assertThat(releaseIn(Map.of("APP_VERSION", "1.2.3", "APP_COMMIT", "4f5e6d7")))
                .isEqualTo(new Release("1.2.3", "4f5e6d7"));
    }

    @Test
    void is_development_outside_an_image() {
        assertThat(releaseIn(Map.of())).isEqualTo(new Release("development", "none"));
    }

    private static Release releaseIn(Map<String, Object> variables) {
        var found = new Release[1];
        new ApplicationContextRunner()
                .withInitializer(context -> replaceEnvironment(context.getEnvironment(), variables))
                .withInitializer(new ConfigDataApplicationContextInitializer())
                .withUserConfiguration(OnlyTheRelease.class)
                .run(context -> found[0] = context.getBean(Release.class));
        return found[0];
    }

    private static void replaceEnvironment(ConfigurableEnvironment environment, Map<String, Object> variables) {
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, variables));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(Release.class)
    static class OnlyTheRelease {}
}
